"""A whole page that is kept: compressed once for all who ask for it, and by its tag for those who have it already."""

import logging
import subprocess
import time
from hashlib import sha256

from django.http import HttpRequest, HttpResponse
from django.utils.http import parse_etags

from reviewsite.aside import Aside
from reviewsite.compression import compressed, decompressed, squeezed
from reviewsite.conditional import NotModified

# So many answers, and so many seconds, after which a page is compressed as well as can be. In each process that takes a
# processor a tenth of a second, in which answers are late; and what has just changed may soon change again.
MANY, SETTLED = 20, 5
log = logging.getLogger(__name__)
aside = Aside()


class Whole:
    """The page's text in one encoding, which is all that is held of it; `size` is in bytes.

    Its tag stands for the text `but` for a part of it, and for `when`: of two pages that say the same a browser that
    has one needs no other, whichever process or machine made it.
    """

    def __init__(self, text: str, encoding: str, *, but: str = "", when: int = 0) -> None:
        self._encoding = encoding
        plain = text.encode()
        self._body = compressed(plain, encoding)
        says = plain.replace(but.encode(), b"") if but else plain
        digest = sha256(b"%d %b" % (when, says)).hexdigest()[:24]
        # Weak, as pages that say the same need not be the same to the byte.
        self.tag = f'W/"{digest}-{encoding}"' if encoding else f'W/"{digest}"'
        self.size = len(self._body)
        self._answers = 0
        self._settled = time.monotonic() + SETTLED
        self._improved = False

    def response(self, request: HttpRequest, vary: str) -> HttpResponse:
        """The page, or 304 where the browser says that it has it."""
        asked = request.META.get("HTTP_IF_NONE_MATCH")
        if asked is not None and (asked == self.tag or self.tag in parse_etags(asked)):
            return NotModified(headers={"ETag": self.tag, "Vary": vary})
        response = HttpResponse(self._body, headers={"ETag": self.tag, "Vary": vary})
        if self._encoding:
            response.headers["Content-Encoding"] = self._encoding
        self._answers += 1
        if self._answers >= MANY and not self._improved and self._encoding and time.monotonic() >= self._settled:
            self._improved = True
            if not aside.do(self._improve):
                self._improved = False
        return response

    def _improve(self) -> None:
        try:
            self._body = squeezed(decompressed(self._body, self._encoding), self._encoding)
        except (OSError, subprocess.SubprocessError) as problem:
            log.warning("A page stays as it is, until it is tried again to compress it well: %s", problem)
            self._improved = False
