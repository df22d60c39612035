"""What a browser sends: waited for by some threads alone, and answered once it is there."""

import os
import threading
from collections.abc import Iterable, Iterator
from io import BytesIO
from typing import Any, BinaryIO

import pytest

from reviewsite.bodies import WHOLE, complete

PATIENCE = 30
type Heard = list[tuple[str, list[tuple[str, str]]]]


@pytest.fixture
def lines() -> Iterator[list[tuple[BinaryIO, BinaryIO]]]:
    """Connections: where the site hears, and where the browser speaks."""
    pipes = [os.pipe() for _ in range(3)]
    made: list[tuple[BinaryIO, BinaryIO]] = [
        (os.fdopen(hears, "rb"), os.fdopen(speaks, "wb", buffering=0)) for hears, speaks in pipes
    ]
    yield made
    for pair in made:
        for end in pair:
            end.close()


def site(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
    sent = environ["wsgi.input"].read() if environ.get("CONTENT_LENGTH") else b"nothing"
    start_response("200 OK", [])
    return [sent]


def asked(application: Any, sent: Any = None, length: int | str = "") -> tuple[str, bytes]:
    heard: Heard = []
    answer = application(
        {"wsgi.input": sent, "CONTENT_LENGTH": str(length)}, lambda status, headers: heard.append((status, headers))
    )
    return heard[0][0], b"".join(answer)


def test_who_sends_a_little_and_no_more_keeps_nobody_from_reading(lines: list[tuple[BinaryIO, BinaryIO]]) -> None:
    application, answers = complete(site, places=2), list[tuple[str, bytes]]()
    slow = [
        threading.Thread(target=lambda hears=hears: answers.append(asked(application, hears, 6)))
        for hears, _ in lines[:2]
    ]
    for (_, speaks), thread in zip(lines, slow, strict=False):
        speaks.write(b"abc")
        thread.start()
    while asked(application, BytesIO(b"abcdef"), 6)[0] != "503 Service Unavailable":
        pass  # the two have not begun to wait yet
    assert asked(application) == ("200 OK", b"nothing")
    for _, speaks in lines[:2]:
        speaks.write(b"def")
    for thread in slow:
        thread.join(PATIENCE)
    assert answers == [("200 OK", b"abcdef")] * 2
    assert asked(application, BytesIO(b"abcdef"), 6) == ("200 OK", b"abcdef")


def test_what_ends_too_soon_never_reaches_the_site() -> None:
    reached: list[Any] = []

    def note(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        reached.append(environ)
        return site(environ, start_response)

    assert asked(complete(note), BytesIO(b"body=The+lamp"), 40)[0] == "400 Bad Request"
    assert not reached
    assert asked(complete(note), BytesIO(b"body=The+lamp"), 13) == ("200 OK", b"body=The+lamp")
    assert len(reached) == 1


@pytest.mark.parametrize("length", ["", "0", "-1", "many", "²"])
def test_without_a_length_there_is_nothing_to_wait_for(length: str) -> None:
    application = complete(lambda environ, start_response: site({}, start_response))
    assert asked(application, None, length) == ("200 OK", b"nothing")


def test_who_sends_too_much_is_heard_out_and_so_hears_the_answer() -> None:
    def refuses(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        start_response("413 Content Too Large", [])
        return [b"Too much"]

    sent = BytesIO(b"a" * (WHOLE + 500_000))
    assert asked(complete(refuses), sent, WHOLE + 500_000) == ("413 Content Too Large", b"Too much")
    assert not sent.read()
