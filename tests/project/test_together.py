"""Threads that ask the same at the same moment ask once, and nobody is given an answer older than the question."""

import itertools
import threading
import time
from collections.abc import Callable, Sequence

import pytest

from reviewsite.together import Lately, Together


def at_once(number: int, act: Callable[[int], object]) -> None:
    threads = [threading.Thread(target=act, args=[n]) for n in range(number)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
        assert not thread.is_alive()


def test_many_ask_seldom_and_never_hear_of_a_time_before_they_asked() -> None:
    together, asked, clock, late = Together[None, int](), [0], [0], []

    def question() -> int:
        asked[0] += 1
        seen = clock[0]
        time.sleep(0.002)
        return seen

    def member(number: int) -> None:
        for _ in range(50):
            clock[0] += 1
            mine = clock[0]
            if together.ask("the time", question) < mine:
                late.append(number)

    at_once(8, member)
    assert not late
    assert asked[0] < 8 * 50 / 2


def test_rounds_begin_as_far_apart_as_is_asked_for_and_what_comes_meanwhile_goes_with_the_next() -> None:
    apart, begun, sizes = 0.5, list[float](), list[int]()
    together = Together[int, int](lambda waiting, took: apart if waiting < 4 else 0.0)

    def act(items: Sequence[int]) -> Sequence[int]:
        begun.append(together._begun["all"])
        sizes.append(len(items))
        return items

    def member(number: int) -> None:
        for _ in range(2):
            assert together.do("all", number, act) == number

    at_once(3, member)
    assert sum(sizes) == 6
    assert max(sizes) > 1
    assert all(later - earlier >= apart for earlier, later in itertools.pairwise(begun))

    rounds = len(sizes)
    at_once(12, lambda number: together.do("all", number, act))
    assert sizes[rounds] >= 4
    assert begun[rounds] - begun[rounds - 1] < apart, "so many wait no longer"


def test_how_far_apart_may_follow_from_how_long_the_last_round_took() -> None:
    heard = set[float]()

    def apart(waiting: int, took: float) -> float:
        heard.add(took)
        return 3 * took

    together, begun = Together[int, int](apart), list[float]()

    def act(items: Sequence[int]) -> Sequence[int]:
        begun.append(time.monotonic())
        time.sleep(0.1)
        return items

    for number in range(3):
        assert together.do("all", number, act) == number
    assert min(heard) == 0.0
    assert max(heard) >= 0.1
    assert all(later - earlier >= 0.3 for earlier, later in itertools.pairwise(begun))


def test_something_happened_lately_for_so_long_and_no_longer() -> None:
    lately = Lately(0.05)
    assert not lately
    lately.note()
    assert lately
    time.sleep(0.06)
    assert not lately


def test_different_questions_do_not_wait_for_each_other() -> None:
    together, meeting = Together[None, int](), threading.Barrier(3, timeout=10)

    def ask(number: int) -> None:
        assert together.ask(number, lambda: meeting.wait() * 0 + number) == number

    at_once(3, ask)


def test_all_hear_of_a_failure_and_the_next_asks_anew() -> None:
    together, failures = Together[None, int](), []

    def fail() -> int:
        time.sleep(0.01)
        raise OSError("gone")

    def ask(number: int) -> None:
        try:
            together.ask("it", fail)
        except OSError:
            failures.append(number)

    at_once(6, ask)
    assert sorted(failures) == list(range(6))
    assert together.ask("it", lambda: 7) == 7


@pytest.mark.parametrize("number", range(3))
def test_alone_it_is_an_ordinary_call(number: int) -> None:
    assert Together[None, int]().ask("it", lambda: number) == number
