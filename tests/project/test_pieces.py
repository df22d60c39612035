"""A page with gaps is the same whether it was put together for one answer or from what is compressed already."""

import gzip
import threading
import time
import zlib

import pytest

from reviewsite.pieces import MANY, Pieces

PARTS = ("<p>Ä long téxt, " * 900, "menu", "between \U0001f3ac" * 50, "token", "", "recent", "</html>")
GAPS = {"menu": "<b>Søren</b> " * 40, "token": "s3cret", "recent": ""}
WHOLE = PARTS[0] + GAPS["menu"] + PARTS[2] + GAPS["token"] + PARTS[6]


def compressed_by_now(pieces: Pieces) -> None:
    for _ in range(400):
        if pieces.body(GAPS, small=True)[1]:
            return
        time.sleep(0.02)
    raise AssertionError("it was never compressed")


def test_before_it_is_worth_it_the_answer_is_plain() -> None:
    pieces = Pieces(PARTS)
    assert [pieces.body(GAPS, small=True) for _ in range(MANY)] == [(WHOLE.encode(), "")] * MANY


@pytest.mark.parametrize("gaps", [GAPS, dict.fromkeys(GAPS, ""), {**GAPS, "token": "x" * 100_000}])
def test_compressed_it_is_one_stream_that_anybody_reads(gaps: dict[str, str]) -> None:
    pieces = Pieces(PARTS)
    compressed_by_now(pieces)
    whole = PARTS[0] + gaps["menu"] + PARTS[2] + gaps["token"] + PARTS[4] + gaps["recent"] + PARTS[6]
    body, encoding = pieces.body(gaps, small=True)
    assert (encoding, gzip.decompress(body).decode()) == ("gzip", whole)
    # Browsers read a stream as it comes, and no further than its first end.
    stream, read = zlib.decompressobj(16 + zlib.MAX_WBITS), b""
    for at in range(0, len(body), 100):
        read += stream.decompress(body[at : at + 100])
    assert (read.decode(), stream.eof, stream.unused_data) == (whole, True, b"")
    assert len(body) < len(whole.encode()) / 4 + len(gaps["token"])


def test_who_reads_no_gzip_gets_it_plain_then_too() -> None:
    pieces = Pieces(PARTS)
    compressed_by_now(pieces)
    assert pieces.body(GAPS, small=False) == (WHOLE.encode(), "")


def test_what_goes_into_a_gap_is_compressed_with_nothing_else() -> None:
    """Or the length of the answer would tell whether a guess beside a secret is right."""
    pieces = Pieces((f"token {'a' * 32} ", "token", " end"))
    compressed_by_now(pieces)
    right, wrong = (pieces.body({**GAPS, "token": guess * 32}, small=True)[0] for guess in "ab")
    assert len(right) == len(wrong)


def test_while_it_is_being_compressed_answers_stay_whole() -> None:
    for _ in range(20):
        pieces, wrong = Pieces(PARTS), list[bytes]()

        def ask(pieces: Pieces = pieces, wrong: list[bytes] = wrong) -> None:
            for _ in range(30):
                body, encoding = pieces.body(GAPS, small=True)
                text = gzip.decompress(body) if encoding else body
                if text != WHOLE.encode():
                    wrong.append(text)

        threads = [threading.Thread(target=ask) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert not wrong
