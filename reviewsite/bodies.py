"""What a browser sends is there before the site begins to answer, so no request waits in the middle for its sender.

A server's threads are few, and one that waits for the rest of a form does nothing else: who sends a few bytes and no
more could take them all. So only some of them may wait at a time, and others are left for those who read.
"""

from collections.abc import Callable, Iterable
from io import BytesIO
from threading import BoundedSemaphore
from typing import Any

type Application = Callable[[dict[str, Any], Any], Iterable[bytes]]

# Of the twelve threads of a process (`reviewsite.server`).
PLACES = 8
# Seconds to wait for one of them: what is sent whole takes up a place for far less than a millisecond.
PATIENCE = 0.1
# Bytes that are read at once. What is longer is an upload, or too long for the site, which reads it as it likes.
WHOLE = 3_000_000
# Bytes of a refused request that are taken all the same: who still sends does not hear the answer.
MOST_LEFT = 20_000_000
PIECE = 65_536
BUSY = ("503 Service Unavailable", [("Content-Type", "text/plain; charset=utf-8"), ("Retry-After", "5")])
CUT_OFF = ("400 Bad Request", [("Content-Type", "text/plain; charset=utf-8")])


def complete(site: Application, places: int = PLACES) -> Application:
    """The site, which is asked once all is there. A form that ends too soon is answered by 400: what was to be saved
    would be cut off."""
    waiting = BoundedSemaphore(places)

    def answer(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        length = _length(environ.get("CONTENT_LENGTH"))
        if not length:
            return site(environ, start_response)
        if not waiting.acquire(timeout=PATIENCE):
            start_response(*BUSY)
            return [b"Many send something at the moment. Try again.\n"]
        try:
            sent = environ["wsgi.input"]
            if length > WHOLE:
                answered = site(environ, start_response)
                _let_finish(sent)
                return answered
            body = sent.read(length)
        finally:
            waiting.release()
        if len(body) < length:
            start_response(*CUT_OFF)
            return [b"What was sent ended too soon.\n"]
        environ["wsgi.input"] = BytesIO(body)
        return site(environ, start_response)

    return answer


def _length(said: str | None) -> int:
    return int(said) if said and said.isascii() and said.isdigit() else 0


def _let_finish(sent: Any) -> None:
    for _ in range(MOST_LEFT // PIECE):
        if not sent.read(PIECE):
            break
