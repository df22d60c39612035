"""What several threads of the process come with at the same moment, done in one go."""

import time
from collections.abc import Callable, Hashable, Sequence
from threading import Lock

# Seconds after which a round that waits looks again whether it still has to.
STEP = 0.005


def _closed() -> Lock:
    """A gate: whoever would pass waits until somebody releases it."""
    gate = Lock()
    gate.acquire()
    return gate


class _Round[Item, Answer]:
    """Items of threads, done together by the first of them. Until that is done the others wait for their answers, each
    at a gate of its own, and the first of the next round for its turn. At one gate for all they would pass one after
    the other, and each would wait anew for Python before it lets the next one through."""

    def __init__(self) -> None:
        self.turn = _closed()
        self.gates: list[Lock] = []
        self.items: list[Item] = []
        self.answers: Sequence[Answer] = ()
        self.failure: Exception | None = None


class Together[Item, Answer]:
    """Has one thread do it for all that come with something of the same kind before the doing begins.

    While it is being done the next gather. So nothing is done before it was asked for, and no answer is older than its
    question: as if each thread had done its own. `apart`, where it is given, says how many seconds at least lie between
    the beginnings of two rounds of a kind, for the next of which so many wait, and the last of which took so many
    seconds; of such kinds there are few.
    """

    def __init__(self, apart: Callable[[int, float], float] | None = None) -> None:
        self._lock = Lock()
        self._apart = apart
        self._begun: dict[Hashable, float] = {}
        self._took: dict[Hashable, float] = {}
        self._gathering: dict[Hashable, _Round[Item, Answer]] = {}
        self._last: dict[Hashable, _Round[Item, Answer]] = {}

    def ask(self, what: Hashable, question: Callable[[], Answer]) -> Answer:
        """The answer to `question`, which is the same for all who ask `what`; or the exception that it raised."""
        return self.do(what, None, lambda items: [question()] * len(items))  # type: ignore[arg-type]

    def do(self, kind: Hashable, item: Item, act: Callable[[Sequence[Item]], Sequence[Answer]]) -> Answer:
        """What `act` answers for the item, when it is given all items of the kind; or the exception that it raised."""
        with self._lock:
            gathered, before = self._gathering.get(kind), None
            first = gathered is None
            if gathered is None:
                before = self._last.get(kind)
                gathered = self._gathering[kind] = self._last[kind] = _Round()
            place = len(gathered.items)
            gathered.items.append(item)
            gathered.gates.append(gate := _closed())
        if first:
            self._do(kind, gathered, before, act)
        else:
            gate.acquire()
        if gathered.failure:
            raise gathered.failure
        return gathered.answers[place]

    def _do(
        self,
        kind: Hashable,
        mine: _Round[Item, Answer],
        before: _Round[Item, Answer] | None,
        act: Callable[[Sequence[Item]], Sequence[Answer]],
    ) -> None:
        try:
            if before:
                with before.turn:  # the round before is being done; others may join this one meanwhile
                    pass
            if self._apart:
                last, took = self._begun.get(kind, 0.0), self._took.get(kind, 0.0)
                while (left := last + self._apart(len(mine.items), took) - time.monotonic()) > 0:
                    time.sleep(min(left, STEP))
                self._begun[kind] = time.monotonic()
            with self._lock:  # whoever comes from here on is of the next round
                del self._gathering[kind]
            mine.answers = act(mine.items)
        except Exception as failure:  # noqa: BLE001 - each thread of the round raises it
            mine.failure = failure
        finally:
            if self._apart and kind in self._begun:
                self._took[kind] = time.monotonic() - self._begun[kind]
            with self._lock:
                for rounds in (self._gathering, self._last):
                    if rounds.get(kind) is mine:
                        del rounds[kind]
            mine.turn.release()
            for gate in mine.gates:
                gate.release()


class Lately:
    """Whether something happened in this process within the last `seconds`."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self._noted = -seconds

    def note(self) -> None:
        """It happens now."""
        self._noted = time.monotonic()

    def __bool__(self) -> bool:
        return time.monotonic() - self._noted < self.seconds
