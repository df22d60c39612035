"""What is done aside is done once, alone, and seldom."""

import gzip
import os
import subprocess
import threading
import time
from collections.abc import Callable

import brotli  # type: ignore[import-untyped]
import pytest
from django.http import HttpResponse
from django.test import RequestFactory

from reviewsite import compression, whole
from reviewsite.aside import Aside
from reviewsite.compression import SQUEEZE
from reviewsite.squeeze import LAST_IN_LINE
from reviewsite.whole import MANY, Whole

PATIENCE = 60
TEXT = " ".join(f"Review {n}: it has {n * 7919 % 1000} words about {n * 104729 % 997} scenes." for n in range(500))


def finished(aside: Aside) -> None:
    assert aside._busy.acquire(timeout=PATIENCE)
    aside._busy.release()


def test_one_thing_at_a_time() -> None:
    aside, goes_on, done = Aside(), threading.Event(), list[str]()

    def slowly() -> None:
        goes_on.wait(PATIENCE)
        done.append("the first")

    assert aside.do(slowly)
    assert not aside.do(lambda: done.append("the second"))
    goes_on.set()
    finished(aside)
    assert done == ["the first"]


def test_it_rests_in_proportion_to_its_work(monkeypatch: pytest.MonkeyPatch) -> None:
    now = iter([100.0, 100.0, 101.0, 150.9, 151.1, 151.1, 160.1, 220.0, 220.2, 220.2, 220.2])
    monkeypatch.setattr("time.monotonic", lambda: next(now))
    aside, done = Aside(), list[int]()
    assert aside.do(lambda: done.append(1))
    finished(aside)
    assert not aside.do(lambda: done.append(2)), "it worked a second and rests fifty"
    assert aside.do(lambda: done.append(3))
    finished(aside)
    assert not aside.do(lambda: done.append(4)), "it worked nine seconds and rests a minute"
    assert aside.do(lambda: done.append(5))
    finished(aside)
    assert done == [1, 3, 5]


def test_after_a_failure_it_goes_on(recwarn: pytest.WarningsRecorder) -> None:
    aside, done = Aside(), list[int]()

    def fails() -> None:
        raise ZeroDivisionError

    hook, threading.excepthook = threading.excepthook, lambda _: None
    try:
        assert aside.do(fails)
        finished(aside)
    finally:
        threading.excepthook = hook
    aside._rests_until = 0
    assert aside.do(lambda: done.append(1))
    finished(aside)
    assert done == [1]


def test_where_the_system_has_no_thread_left_it_is_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    aside, done = Aside(), list[int]()

    def none_left(thread: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    with monkeypatch.context() as patch:
        patch.setattr(threading.Thread, "start", none_left)
        assert not aside.do(lambda: done.append(1))
    assert aside.do(lambda: done.append(2))
    finished(aside)
    assert done == [2]


def best_brotli(text: bytes) -> bytes:
    return bytes(brotli.compress(text, quality=11, mode=brotli.MODE_TEXT))


def best_gzip(text: bytes) -> bytes:
    return gzip.compress(text, 9, mtime=0)


@pytest.mark.parametrize(("encoding", "best"), [("br", best_brotli), ("gzip", best_gzip)])
def test_a_page_that_stays_is_compressed_as_well_as_can_be(
    monkeypatch: pytest.MonkeyPatch, encoding: str, best: Callable[[bytes], bytes]
) -> None:
    monkeypatch.setattr(whole, "aside", Aside())
    page = Whole(TEXT, encoding)

    def answer() -> HttpResponse:
        return page.response(RequestFactory().get("/", headers={"Accept-Encoding": "gzip, br"}), "Cookie")

    first = answer()
    for _ in range(MANY):
        answer()
    finished(whole.aside)
    assert answer().content == first.content, "it may soon change again"
    page._settled = 0
    answer()
    finished(whole.aside)
    later = answer()
    assert later.content == best(TEXT.encode())
    assert len(later.content) < len(first.content)
    assert later["ETag"] == first["ETag"]


def test_a_page_that_few_ask_for_stays_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(whole, "aside", Aside())
    monkeypatch.setattr(whole, "SETTLED", 0)
    page = Whole(TEXT, "br")
    for _ in range(MANY - 1):
        page.response(RequestFactory().get("/"), "Cookie")
    finished(whole.aside)
    last = page.response(RequestFactory().get("/"), "Cookie").content
    assert last == compression.compressed(TEXT.encode(), "br")
    finished(whole.aside)


def test_what_compresses_it_gives_way_to_whoever_answers() -> None:
    with subprocess.Popen([*SQUEEZE, "br"], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as squeeze:
        assert squeeze.stdin
        assert squeeze.stdout
        ends = time.monotonic() + PATIENCE
        while os.getpriority(os.PRIO_PROCESS, squeeze.pid) < LAST_IN_LINE and time.monotonic() < ends:
            time.sleep(0.01)
        assert os.getpriority(os.PRIO_PROCESS, squeeze.pid) == LAST_IN_LINE
        squeeze.stdin.write(TEXT.encode())
        squeeze.stdin.close()
        assert squeeze.stdout.read() == best_brotli(TEXT.encode())


@pytest.mark.parametrize("squeeze", [["/bin/false"], ["/nowhere/python"], ["/bin/sh", "-c", "exec sleep 60"]])
def test_where_that_fails_the_page_stays_as_it_was_and_it_is_tried_again(
    monkeypatch: pytest.MonkeyPatch, squeeze: list[str]
) -> None:
    monkeypatch.setattr(whole, "aside", Aside())
    monkeypatch.setattr(whole, "SETTLED", 0)
    page = Whole(TEXT, "br")

    def answers() -> bytes:
        for _ in range(MANY):
            content = page.response(RequestFactory().get("/"), "Cookie").content
        finished(whole.aside)
        whole.aside._rests_until = 0
        return content

    with pytest.MonkeyPatch.context() as meanwhile:
        meanwhile.setattr(compression, "SQUEEZE", squeeze)
        meanwhile.setattr(compression, "PATIENCE", 0.2 if "sleep" in squeeze[-1] else 60)
        assert brotli.decompress(answers()) == TEXT.encode()
        assert len(answers()) > len(best_brotli(TEXT.encode()))
    answers()
    assert answers() == best_brotli(TEXT.encode())
