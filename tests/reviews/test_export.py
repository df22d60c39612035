"""Taking along: what is in the archive, that it goes back in, who packs it and who may fetch it."""

import csv
import io
import json
import os
import signal
import subprocess
import sys
import threading
import time
import zipfile
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.conf import settings as site_settings
from django.db import connection
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from accounts.models import User
from reviews import blocking, leaving
from reviews.exporting import work
from reviews.exporting.archive import write_archive
from reviews.importing.identity import author_id, member_id
from reviews.models import Act, Appeal, Draft, Export, Review, Title, Version
from reviews.moderation import appealing
from reviews.moderation.deciding import Decision, decide
from tests.factories import PASSWORD, a_case, a_decision_on, a_member, a_moderator, a_rating, a_review, a_title, a_vote
from tests.html import tree
from tests.reviews.import_rows import a_file, a_row, figures, jsonl, run
from tests.reviews.test_counters import recounted, stored

pytestmark = pytest.mark.django_db

EXPORT, DOWNLOAD = "/accounts/settings/export/", "/accounts/settings/export/download/"
TABLES = [
    "reviews",
    "unpublished",
    "versions",
    "drafts",
    "ratings",
    "votes",
    "blocks",
    "reports",
    "notices",
    "appeals",
    "emails",
    "settings",
]
# What is lost where somebody is careless with quotes, line breaks, entities, directions or formulas.
TEXTS = [
    'She said "no", twice; it\'s "quoted", comma, semicolon;',
    "One.\n\n\n\nTwo after three blank lines.\n  Indented.\n\nEnd.",
    "A lamp 🏮 and a family 👩‍👩‍👧‍👦, e\u0301 and é",
    "שלום עולם, then مرحبا, then \u200fmarked",
    "=cmd|' /C calc'!A0",
    "+1 would watch again",
    "-- and yet",
    "@home with it",
    "＝wide\tand tabbed",
    "&lt;b&gt; &amp;amp; &#61; &notanentity; AT&T &copy 2004; a & b",
    "'already quoted, ''twice''",
    "\\n is no line break, \\u0041 no letter",
    "Line\u2028separator and zero\u200bwidth, >!a spoiler!< and <script>alert(1)</script>",
    "NULL",
    "1e5",
]


@pytest.fixture(autouse=True)
def awake(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """No threads in these tests: how often one was asked for."""
    calls: list[int] = []
    monkeypatch.setattr(work, "wake", lambda: calls.append(1))
    return calls


@pytest.fixture
def writer(db: None) -> User:
    """A member with difficult texts under difficult names, and something of everything else."""
    member = a_member("writer", name='=HYPERLINK("x")', bio='About "me",\nin two lines', email="writer@private.example")
    for number, text in enumerate(TEXTS):
        title = a_title(f"{text.splitlines()[0][:60]} {number}", year=None if number % 3 else 1974)
        headline = " ".join(text.split())[:140]
        a_review(
            title, member, headline=headline, body=text, rating=number % 10 + 1, spoiler=number % 2 == 0, language="en"
        )
    a_review(author=member, headline="No figure", body="x" * 300)
    first = member.reviews.order_by("pk")[0]
    a_vote(first)
    now = timezone.now()
    Version.objects.create(
        review=first, number=1, headline="Before", body="It was\nother.", spoiler=False, published=now, replaced=now,
        helpful=1, votes=2,
    )  # fmt: skip
    for state in ("held", "hidden", "deleted"):
        a_review(author=member, state=state, headline=f"Was {state}")
    Draft.objects.create(member=member, title=a_title(), headline="=draft", body="Not\nyet")
    a_rating(a_title(), member, 4)
    a_vote(a_review(), member, helpful=False)
    blocking.block(member, a_member("+annoying"))
    reported = a_case(a_review(), member, reason="other", words="=SUM(A1)\nsays it all")
    decide(reported.pk, a_moderator(), 0, Decision(Act.Kind.FOLD, reason="+1, it tells the end"))
    act = a_decision_on(a_review(author=member), a_moderator(), reason="-- no")
    appealing.appeal(act, member, Appeal.Kind.OBJECTION, "@home it reads otherwise")
    a_decision_on(a_review(author=member), a_moderator(), kind="hold")
    EmailAddress.objects.create(user=member, email=member.email, verified=True, primary=True)
    return member


def archive_of(member: User) -> zipfile.ZipFile:
    file = io.BytesIO()
    write_archive(member, file, lambda rows: None)
    return zipfile.ZipFile(file)


def lines(archive: zipfile.ZipFile, name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in archive.read(f"{name}.jsonl").decode().split("\n") if line]


def cells(archive: zipfile.ZipFile, name: str) -> list[dict[str, str]]:
    text = archive.read(f"{name}.csv").decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text, newline="")))


# What is in it


def test_it_holds_everything_of_oneself_twice(writer: User) -> None:
    archive = archive_of(writer)
    assert archive.testzip() is None
    assert sorted(archive.namelist()) == sorted(["README.txt", *(f"{t}.{k}" for t in TABLES for k in ("jsonl", "csv"))])
    numbers = {table: len(lines(archive, table)) for table in TABLES}
    assert numbers == {
        "reviews": len(TEXTS) + 1, "unpublished": 5, "versions": 1, "drafts": 1, "ratings": len(TEXTS) + 1, "votes": 1,
        "blocks": 1, "reports": 1, "notices": 4, "appeals": 1, "emails": 1, "settings": 1,
    }  # fmt: skip
    assert numbers == {table: len(cells(archive, table)) for table in TABLES}
    (settings,) = lines(archive, "settings")
    assert (settings["username"], settings["bio"], settings["theme"]) == (
        "writer",
        'About "me",\nin two lines',
        "system",
    )
    assert lines(archive, "drafts")[0]["body"] == "Not\nyet"
    assert {row["state"] for row in lines(archive, "unpublished")} == {"held", "hidden", "deleted"}
    assert lines(archive, "votes")[0]["helpful"] is False
    (made,) = lines(archive, "reports")
    assert (made["words"], made["upheld"]) == ("=SUM(A1)\nsays it all", True)
    assert [row["reason"] for row in lines(archive, "notices")] == [
        None,
        "+1, it tells the end",
        "-- no",
        "It is about a shop.",
    ]
    assert lines(archive, "appeals")[0]["words"] == "@home it reads otherwise"


def test_it_holds_no_secrets_and_nothing_of_others(writer: User) -> None:
    other = a_member("other", email="other@private.example")
    review = a_review(author=other, body="WORDSOFOTHERS")
    a_vote(review, writer)
    archive = archive_of(writer)
    everything = b"".join(archive.read(name) for name in archive.namelist()).decode()
    assert writer.password not in everything
    assert "is_superuser" not in everything
    assert "WORDSOFOTHERS" not in everything
    assert "other@private.example" not in everything


def test_who_has_nothing_gets_headings(reader: User) -> None:
    archive = archive_of(reader)
    assert archive.read("reviews.jsonl") == b""
    assert archive.read("reviews.csv").decode("utf-8-sig").startswith("title,year,kind,")


def test_no_cell_begins_a_formula(writer: User) -> None:
    archive, visited = archive_of(writer), 0
    for table in TABLES:
        for row in cells(archive, table):
            for cell in row.values():
                visited += 1
                assert not cell.startswith(("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")), (table, cell)
    assert visited > 200
    assert any(cell.startswith("&#61;") for row in cells(archive, "reviews") for cell in row.values())


# Back in


def unpacked(member: User, folder: Path, name: str) -> str:
    return a_file(folder, archive_of(member).read(name), name)


def state_of(member: User) -> list[Any]:
    own = Review.objects.filter(author=member).order_by("pk")
    return list(
        own.values("pk", "title", "headline", "body", "rating", "votes", "helpful", "created", "edited", "source_id")
    )


@pytest.mark.parametrize("name", ["reviews.jsonl", "reviews.csv"])
def test_on_the_same_site_everything_is_there_already(writer: User, tmp_path: Path, name: str) -> None:
    before, counters = state_of(writer), stored()
    said = run(unpacked(writer, tmp_path, name))
    assert said.err == ""
    assert said.figures == figures(unchanged=len(TEXTS) + 1)
    assert state_of(writer) == before
    assert stored() == counters == recounted()
    writer.refresh_from_db()
    assert (writer.name, writer.username, writer.source_key) == ('=HYPERLINK("x")', "writer", None)


@pytest.mark.parametrize("name", ["reviews.jsonl", "reviews.csv"])
def test_on_another_site_everything_is_added(writer: User, tmp_path: Path, settings: Settings, name: str) -> None:
    fields = ("headline", "rating", "spoiler", "created", "votes", "helpful", "language", "title__year", "title__kind")
    before = list(writer.reviews.filter(state="published").order_by("created").values_list(*fields))
    file = unpacked(writer, tmp_path, name)
    Review.objects.all().delete()
    Title.objects.all().delete()
    User.objects.all().delete()
    settings.SECRET_KEY = "of another site"
    a_member("writer")
    for expected in (figures(added=len(TEXTS) + 1), figures(unchanged=len(TEXTS) + 1)):
        said = run(file)
        assert said.err == ""
        assert said.figures == expected
    author = User.objects.get(source_key__isnull=False)
    assert author.username != "writer"
    assert author.name == '=HYPERLINK("x")'
    assert list(author.reviews.order_by("created").values_list(*fields)) == before
    kept = dict(author.reviews.values_list("headline", "body"))
    for text in TEXTS:
        if "\n\n\n" not in text:  # imports take superfluous blank lines away
            assert text in kept.values()
    assert stored() == recounted()


def test_what_changed_here_since_is_changed_back(writer: User, tmp_path: Path) -> None:
    file = unpacked(writer, tmp_path, "reviews.jsonl")
    Review.objects.filter(author=writer, headline="No figure").update(body="Overwritten. " * 20)
    assert run(file).figures == figures(changed=1, unchanged=len(TEXTS))
    assert Review.objects.get(headline="No figure").body == "x" * 300


def test_nobody_is_written_in_the_name_of(writer: User, author: User, tmp_path: Path) -> None:
    signature = author_id(writer).partition(":")[2]
    forged = [
        f"member-{author.pk}", f"member-{author.pk}:", f"member-{author.pk}:{signature}", f"member:{author.pk}",
        f"{author.pk}", author.username, f" member-{author.pk}:{signature} ", f"member-{writer.pk}:{signature[:-1]}",
    ]  # fmt: skip
    run(a_file(tmp_path, jsonl(a_row(author="Forger", author_id=key, title=key) for key in forged)))
    assert not author.reviews.exists()
    assert writer.reviews.filter(title__name__in=forged).count() == 0
    assert [member_id(key) for key in forged] == [None] * len(forged)


def test_votes_in_ones_own_file_are_not_believed(writer: User, tmp_path: Path) -> None:
    rows = [
        a_row(author_id=author_id(writer), title="Brand new", helpful=900, votes=900),
        {**lines(archive_of(writer), "reviews")[0], "helpful": 900, "votes": 900},
    ]
    assert run(a_file(tmp_path, jsonl(rows))).figures == figures(added=1, unchanged=1)
    assert writer.reviews.get(title__name="Brand new").votes == 0
    assert max(writer.reviews.values_list("votes", flat=True)) == 1


def test_who_left_is_an_author_like_any_other(writer: User, tmp_path: Path) -> None:
    file = unpacked(writer, tmp_path, "reviews.jsonl")
    leaving.leave(writer, keep_reviews=False)
    assert run(file).figures == figures(added=len(TEXTS) + 1)
    assert run(file).figures == figures(unchanged=len(TEXTS) + 1)
    assert not User.objects.get(source_key=f"member:{writer.pk}").has_usable_password()


# Asked for, packed, fetched


def test_it_is_asked_for_packed_and_fetched(
    client: Client, writer: User, awake: list[int], django_capture_on_commit_callbacks: Any
) -> None:
    client.force_login(writer)
    assert "Pack it" in tree(client.get(EXPORT)).text
    with django_capture_on_commit_callbacks(execute=True):
        assert client.post(EXPORT).headers["Location"] == EXPORT
    assert awake
    waiting = tree(client.get(EXPORT))
    assert "Waiting to be packed" in waiting.text
    assert waiting.one("progress")
    assert client.get(DOWNLOAD).status_code == 404
    assert work.work_off() == 1
    ready = tree(client.get(EXPORT))
    assert "Your archive is ready." in ready.text
    answer = client.get(ready.one("a", cls="main-act").attrs["href"], headers={"Accept-Encoding": "gzip, br"})
    body = b"".join(answer)
    assert answer["Content-Type"] == "application/zip"
    assert "attachment" in answer["Content-Disposition"]
    assert len(body) == int(answer["Content-Length"])
    assert len(lines(zipfile.ZipFile(io.BytesIO(body)), "reviews")) == len(TEXTS) + 1


def test_large_archives_come_in_parts(client: Client, reader: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(work, "PART", 100)
    a_review(author=reader)
    work.ask(reader)
    work.work_off()
    export = Export.objects.get()
    assert export.parts.count() == -(-export.size // 100) > 5
    assert zipfile.ZipFile(io.BytesIO(b"".join(work.parts_of(export)))).testzip() is None


@pytest.mark.parametrize("who", ["visitor", "stranger"])
def test_nobody_else_fetches_it(client: Client, writer: User, stranger: User, who: str) -> None:
    work.ask(writer)
    work.work_off()
    if who == "stranger":
        client.force_login(stranger)
    answer = client.get(f"{DOWNLOAD}?member={writer.pk}&id={Export.objects.get().pk}")
    assert answer.status_code == (404 if who == "stranger" else 302)
    assert b"ready" not in client.get(EXPORT).content


def test_it_is_not_kept_by_anything_in_between(client: Client, reader: User) -> None:
    work.ask(reader)
    work.work_off()
    client.force_login(reader)
    for path in (EXPORT, DOWNLOAD):
        assert "no-store" in client.get(path)["Cache-Control"]
        assert "private" in client.get(path)["Cache-Control"]


def test_one_at_a_time(client: Client, reader: User) -> None:
    client.force_login(reader)
    for _ in range(3):
        client.post(EXPORT)
    first = Export.objects.get()
    work.work_off()
    client.post(EXPORT)
    again = Export.objects.get()
    assert again.pk != first.pk
    assert not first.parts.exists()


def test_after_seven_days_it_is_gone(client: Client, reader: User, stranger: User) -> None:
    work.ask(reader)
    work.work_off()
    Export.objects.update(asked=timezone.now() - timedelta(days=7, minutes=1))
    client.force_login(reader)
    assert client.get(DOWNLOAD).status_code == 404
    assert "Pack it" in tree(client.get(EXPORT)).text
    work.work_off()
    assert not Export.objects.exists()


@pytest.mark.parametrize("form", [{"member": "1"}, {"state": "ready", "member": "\0"}, {"x": "y" * 9000}])
def test_a_form_with_more_in_it_asks_for_ones_own(client: Client, reader: User, form: dict[str, str]) -> None:
    client.force_login(reader)
    assert client.post(EXPORT, form).status_code == 302
    export = Export.objects.get()
    assert (export.member, export.state) == (reader, "waiting")


# Workers


def test_progress_is_told_while_it_is_packed(client: Client, reader: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("reviews.exporting.archive.ROWS_AT_A_TIME", 2)
    for _ in range(5):
        a_review(author=reader, rating=7)
    client.force_login(reader)
    seen: list[str] = []

    def watched(member: User, file: Any, advance: Any) -> None:
        def step(rows: int) -> None:
            advance(rows)
            seen.append(tree(client.get(EXPORT, headers={"HX-Request": "true"})).one("label").text)

        write_archive(member, file, step)

    monkeypatch.setattr(work, "write_archive", watched)
    work.ask(reader)
    work.work_off()
    # Five reviews, five ratings, one row of settings.
    assert seen[:3] == ["Packing: 2 of 11", "Packing: 4 of 11", "Packing: 5 of 11"]
    assert seen[-1] == "Packing: 11 of 11"


def test_a_lease_that_is_over_is_taken_up_by_who_looks_next(client: Client, reader: User, awake: list[int]) -> None:
    work.ask(reader)
    mine = work.take_up()
    assert mine
    assert work.take_up() is None
    client.force_login(reader)
    client.get(EXPORT)
    assert not awake, "somebody is at it"
    Export.objects.update(lease=timezone.now() - timedelta(seconds=1))
    client.get(EXPORT)
    assert awake
    theirs = work.take_up()
    assert theirs
    assert theirs.worker != mine.worker
    assert not work._pack(mine), "the first worker woke up again"
    assert Export.objects.get().state == "working"
    assert work._pack(theirs)
    assert Export.objects.get().state == "ready"


def test_one_that_kills_its_workers_is_given_up(client: Client, reader: User) -> None:
    work.ask(reader)
    for _ in range(work.MOST_ATTEMPTS):
        assert work.take_up()
        Export.objects.update(lease=timezone.now() - timedelta(seconds=1))
    assert work.take_up() is None
    client.force_login(reader)
    assert "It could not be packed." in tree(client.get(EXPORT)).text
    client.post(EXPORT)
    assert work.work_off() == 1


def test_who_leaves_takes_a_waiting_export_along(reader: User) -> None:
    work.ask(reader)
    mine = work.take_up()
    leaving.leave(reader, keep_reviews=False)
    assert mine
    assert not work._pack(mine)
    assert not Export.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_workers_share_the_queue(db: None) -> None:
    for _ in range(12):
        work.ask(a_member())
    packed: list[int] = []

    def one() -> None:
        try:
            packed.append(work.work_off())
        finally:
            connection.close()

    threads = [threading.Thread(target=one) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sum(packed) == 12
    assert set(Export.objects.values_list("state", "attempts")) == {("ready", 1)}


SLOW = """
import os, sys, time, django
django.setup()
from django.conf import settings
settings.DATABASES["default"]["NAME"] = sys.argv[1]
from reviews.exporting import work
def slow(member, file, advance):
    advance(1)
    print("packing", flush=True)
    time.sleep(60)
work.write_archive = slow
work.work_off()
"""


@pytest.fixture
def worker(transactional_db: None) -> Iterator[subprocess.Popen[str]]:
    """A worker of its own that never comes to an end."""
    name = str(connection.settings_dict["NAME"])
    process = subprocess.Popen(
        [sys.executable, "-c", SLOW, name],
        cwd=site_settings.BASE_DIR,
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "reviewsite.settings"},
        stdout=subprocess.PIPE,
        text=True,
    )
    yield process
    process.kill()
    process.communicate()


@pytest.mark.django_db(transaction=True)
def test_the_export_of_a_killed_worker_is_taken_up_again(reader: User, request: pytest.FixtureRequest) -> None:
    a_review(author=reader)
    work.ask(reader)
    process: subprocess.Popen[str] = request.getfixturevalue("worker")
    assert process.stdout
    assert process.stdout.readline() == "packing\n"
    assert Export.objects.get().state == "working"
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    assert work.work_off() == 0, "the lease still holds"
    Export.objects.update(lease=timezone.now() - timedelta(seconds=1))
    assert work.work_off() == 1
    export = Export.objects.get()
    assert (export.state, export.attempts) == ("ready", 2)


@pytest.mark.django_db(transaction=True)
def test_a_thread_of_the_web_process_packs_it(reader: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    work.ask(reader)
    deadline = time.monotonic() + 60
    while Export.objects.get().is_unfinished and time.monotonic() < deadline:
        time.sleep(0.05)
    assert Export.objects.get().state == "ready"
    while any(thread.name == work.THREAD for thread in threading.enumerate()) and time.monotonic() < deadline:
        time.sleep(0.05)


def test_the_command_packs_what_waits(reader: User) -> None:
    work.ask(reader)
    assert run(command="work_exports").out == "Packed: 1\n"
    assert Export.objects.get().state == "ready"


def test_signing_in_comes_first(client: Client) -> None:
    a_member("reader2", password=PASSWORD)
    for path in (EXPORT, DOWNLOAD):
        assert client.get(path).headers["Location"] == f"/accounts/login/?next={path}"
    assert client.post(EXPORT).status_code == 302
    assert not Export.objects.exists()
