"""One question to the database for all who ask the same at the same moment."""

from collections.abc import Callable, Hashable
from threading import Lock


class _Round[Answer]:
    """Threads with one question. Who holds the lock asks it; the others wait for the lock, and find the answer."""

    def __init__(self) -> None:
        self.lock = Lock()
        self.answer: Answer | None = None
        self.failure: Exception | None = None


class Together[Answer]:
    """Asks once for all threads of the process that come with the same question before the asking begins.

    So nobody's answer is older than their question, as if each had asked alone.
    """

    def __init__(self) -> None:
        self._lock = Lock()
        self._gathering: dict[Hashable, _Round[Answer]] = {}
        self._asking: dict[Hashable, Lock] = {}

    def ask(self, what: Hashable, question: Callable[[], Answer]) -> Answer:
        """The answer to `question`, which is the same for all who ask `what`; or the exception that it raised."""
        with self._lock:
            joined = self._gathering.get(what)
            if joined is None:
                mine = self._gathering[what] = _Round[Answer]()
                mine.lock.acquire()
                before = self._asking.get(what)
                self._asking[what] = mine.lock
        if joined is None:
            return self._ask(what, mine, before, question)
        with joined.lock:
            if joined.failure:
                raise joined.failure
            return joined.answer  # type: ignore[return-value]

    def _ask(self, what: Hashable, mine: _Round[Answer], before: Lock | None, question: Callable[[], Answer]) -> Answer:
        try:
            if before:
                with before:  # the round before is being answered; others may join this one meanwhile
                    pass
            with self._lock:
                del self._gathering[what]
            mine.answer = question()
            return mine.answer
        except Exception as failure:
            mine.failure = failure
            raise
        finally:
            with self._lock:
                if self._asking.get(what) is mine.lock:
                    del self._asking[what]
            mine.lock.release()
