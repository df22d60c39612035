"""What the application gives to the server."""

from collections.abc import Iterable
from typing import Any
from wsgiref.util import setup_testing_defaults

import pytest
from django.core.signals import request_finished
from django.http import HttpResponse, StreamingHttpResponse

from reviewsite.wsgi import application, in_one_piece
from tests.factories import a_review, a_title


def asked(path: str, application: Any = application, **more: str) -> tuple[Iterable[bytes], list[str]]:
    environ: dict[str, Any] = {"PATH_INFO": path, "HTTP_HOST": "127.0.0.1", **more}
    setup_testing_defaults(environ)
    begun: list[str] = []
    return application(environ, lambda status, headers: begun.append(status)), begun


@pytest.mark.django_db(transaction=True)
def test_a_page_is_given_whole_and_the_request_is_over_by_then() -> None:
    title = a_title("Harbour Lights")
    a_review(title, headline="All of it at once")
    finished: list[Any] = []

    def note(**sent: Any) -> None:
        finished.append(sent)

    request_finished.connect(note)
    try:
        body, begun = asked(f"/title/{title.slug}/reviews/")
    finally:
        request_finished.disconnect(note)
    assert begun == ["200 OK"]
    assert isinstance(body, list)
    assert "All of it at once" in body[0].decode()
    assert len(body) == len(finished) == 1


def test_what_is_streamed_stays_a_stream() -> None:
    def parts() -> Iterable[bytes]:
        given.append("first")
        yield b"first"
        given.append("second")
        yield b"second"

    given: list[str] = []
    body, _ = asked("/", in_one_piece(lambda environ, start_response: StreamingHttpResponse(parts())))
    assert not given
    first, *_ = body
    assert first == b"first"
    assert isinstance(body, StreamingHttpResponse)


def test_a_response_that_is_whole_is_closed() -> None:
    response = HttpResponse("ok")
    body, _ = asked("/", in_one_piece(lambda environ, start_response: response))
    assert body == [b"ok"]
    assert response.closed


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("charset", ["hex", "idna", "unicode_escape", "utf-7", "UTF-8", '"undefined"'])
@pytest.mark.parametrize("kind", ["text/html", "application/x-www-form-urlencoded", "multipart/form-data; boundary=b"])
def test_whatever_a_request_says_that_it_is_written_in_it_is_read_as_utf_8(kind: str, charset: str) -> None:
    a_title("Ünder the Lamp")
    for query, found in (("q=%C3%BCnder", True), ("q=%5Cud800", False), ("q=%2B2AA-", False)):
        more = {"QUERY_STRING": query, "CONTENT_TYPE": f"{kind}; Charset={charset}"}
        body, begun = asked("/titles/", **more)
        assert begun == ["200 OK"]
        assert ("Ünder the Lamp" in b"".join(body).decode()) is found
