"""A page that is the same for many members but for some gaps: compressed once, the gaps filled in each answer.

gzip allows it: a piece that is compressed for itself, up to a full flush, may stand anywhere in a stream (RFC 1951). So
what goes into the gaps is all that is compressed for one answer, and nothing secret is compressed with anything else.
"""

import zlib
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from reviewsite.aside import Aside
from reviewsite.kept import Parts
from reviewsite.shapes import filled

# After so many answers it is worth it: compressing the whole takes what six answers save.
MANY = 3
# Of a page of 64 kB: 2 ms for 20.2 kB, where Brotli at its quickest takes 0.3 for 22.2 in each answer.
LEVEL, QUICK = 6, 1
HEADER = b"\x1f\x8b\x08\0\0\0\0\0\0\xff"
# An empty block that says that it is the last.
END = b"\x03\0"
aside = Aside()


class Piece(NamedTuple):
    """A text as it is and compressed."""

    plain: bytes
    small: bytes

    @classmethod
    def of(cls, text: str, level: int) -> "Piece":
        plain = text.encode()
        deflate = zlib.compressobj(level, zlib.DEFLATED, -zlib.MAX_WBITS)
        return cls(plain, deflate.compress(plain) + deflate.flush(zlib.Z_FULL_FLUSH))


class Pieces:
    """The page's text in its parts, as `reviewsite.shapes` leaves them."""

    def __init__(self, parts: Parts) -> None:
        self._held: Parts | Sequence[str | Piece] = parts
        self._answers = 0
        self._begun = False

    def body(self, gaps: Mapping[str, str], *, small: bool) -> tuple[bytes, str]:
        """The page with its gaps filled, and how it is encoded: "gzip" where that may be and is worth it, else ""."""
        held = self._held
        self._answers += 1
        if self._answers > MANY and not self._begun:
            self._begun = aside.do(self._compress)
        if not isinstance(held[0], Piece):
            return filled(held, gaps).encode(), ""  # type: ignore[arg-type]
        pieces = [part if isinstance(part, Piece) else Piece.of(gaps[part], QUICK) for part in held]
        return (_gzip(pieces), "gzip") if small else (b"".join(piece.plain for piece in pieces), "")

    def _compress(self) -> None:
        self._held = [part if at % 2 else Piece.of(part, LEVEL) for at, part in enumerate(self._held)]  # type: ignore[arg-type]


def _gzip(pieces: Sequence[Piece]) -> bytes:
    check = size = 0
    for piece in pieces:
        check = zlib.crc32(piece.plain, check)
        size += len(piece.plain)
    ends = END + check.to_bytes(4, "little") + (size % 2**32).to_bytes(4, "little")
    return b"".join([HEADER, *(piece.small for piece in pieces), ends])
