"""What a moderator sees before readers do: a newcomer's first links, and copies of others' texts."""

from datetime import timedelta
from pathlib import Path
from random import Random
from threading import Event, Timer

import pytest
from django.core.management import call_command
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from reviews import writing
from reviews.drafting import Seen, Text
from reviews.importing.reviews import import_reviews
from reviews.models import Act, Case, Notice, Review, TextMarks, Title
from reviews.moderation.deciding import Decision, decide
from reviews.moderation.likeness import catch_up, likeness, shingles
from reviews.moderation.screening import has_link
from tests.factories import a_member, a_review, a_title
from tests.reviews.import_rows import a_file, a_row, jsonl
from tests.reviews.test_counters import together
from tests.reviews.writers import HEADLINE

pytestmark = pytest.mark.django_db
LINKED = "Buy the very lamps at https://lamps.example/shop today."


def a_text(seed: int, words: int = 120) -> str:
    chance = Random(seed)  # noqa: S311
    return " ".join("".join(chance.choices("aeioulmnrst", k=6)) for _ in range(words))


def publish(member: User, body: str, title: Title | None = None, headline: str = HEADLINE) -> Review:
    title = title or a_title()
    before = Review.objects.filter(author=member, title=title).exclude(state="deleted").first()
    return writing.publish(member, title, Text(8, headline, body), Seen.now(before, None))


def let_through(review: Review, moderator: User) -> None:
    case = Case.objects.get(review=review, closed=None)
    decide(case.pk, moderator, case.version, Decision(Act.Kind.RESTORE))
    review.refresh_from_db()


@pytest.mark.parametrize(
    "text",
    ["https://a.example", "HTTP://A", "see www.lamps.example", "lamps.com", "a-b.shop!", "bit.ly/abc", "(lamps.ru)"],
)
def test_what_is_a_link(text: str) -> None:
    assert has_link(f"Look: {text} now.")


@pytest.mark.parametrize("text", ["I went home.It rained.", "9.5/10", "e.g. this", "Mr.Holm", "and/or", "wwww"])
def test_what_is_no_link(text: str) -> None:
    assert not has_link(text)


def test_a_newcomers_first_links_are_held_and_later_ones_are_not(reader: User, moderator: User) -> None:
    assert publish(reader, a_text(0)).state == "published"
    first = publish(reader, f"{a_text(1)} {LINKED}")
    assert first.state == "held"
    act = Act.objects.get()
    assert (act.kind, act.by, act.moderator) == ("hold", "links", None)
    assert Notice.objects.get(act=act).member == reader
    let_through(first, moderator)
    assert publish(reader, f"{a_text(2)} {LINKED}").state == "published"


def test_links_in_the_headline_or_by_an_edit_are_links(reader: User, moderator: User) -> None:
    assert publish(reader, a_text(0), headline="All at lamps.com").state == "held"
    other = a_member()
    review = publish(other, a_text(1))
    edited = publish(other, f"{a_text(1)} {LINKED}", review.title)
    assert edited.state == "held"
    # What was let through is not held for the same again.
    let_through(edited, moderator)
    assert publish(other, f"{a_text(1)} {LINKED} Truly.", review.title).state == "published"


def test_who_has_been_here_for_a_month_links_freely() -> None:
    member = a_member(date_joined=timezone.now() - timedelta(days=31))
    assert publish(member, f"{a_text(0)} {LINKED}").state == "published"


def changed(text: str, share: float) -> str:
    """The text with that share of its words exchanged, the same each time."""
    chance = Random(7)  # noqa: S311
    return " ".join("other" if chance.random() < share else word for word in text.split())


@pytest.mark.parametrize(
    ("copy", "held"),
    [
        (lambda text: text, True),
        (lambda text: text.upper().replace("A", "Á"), True),
        (lambda text: text.replace(" ", "\n\n", 3), True),
        (lambda text: changed(text, 0.04), True),
        (lambda text: f"{a_text(1, 40)} {text} {a_text(2, 40)}", True),
        (lambda text: " ".join(text.split()[:80]), True),
        (lambda text: changed(text, 0.4), False),
        (lambda text: f"{a_text(1, 120)} {' '.join(text.split()[:25])}", False),
        (lambda text: a_text(3), False),
    ],
)
def test_a_copy_of_anothers_text_is_held(author: User, reader: User, copy: object, held: bool) -> None:
    original = publish(author, a_text(0))
    review = publish(reader, copy(a_text(0)))  # type: ignore[operator]
    assert review.state == ("held" if held else "published")
    assert original.state == "published"
    if held:
        act = Act.objects.get()
        assert (act.kind, act.by, act.reason) == ("hold", "alike", f"Very like the review at /review/{original.pk}/.")


def test_ones_own_text_and_hidden_ones_are_not_compared_with(author: User, reader: User) -> None:
    original = publish(author, a_text(0))
    assert publish(author, a_text(0)).state == "published"
    Review.objects.update(state="hidden")
    assert publish(reader, a_text(0)).state == "published"
    assert original.pk


def test_a_copy_that_was_let_through_is_edited_in_peace(author: User, reader: User, moderator: User) -> None:
    publish(author, a_text(0))
    review = publish(reader, a_text(0))
    let_through(review, moderator)
    assert publish(reader, f"{a_text(0)} It is mine.", review.title).state == "published"
    publish(author, a_text(9))
    assert publish(reader, a_text(9), review.title).state == "held"


def test_imported_texts_are_compared_with_too(tmp_path: Path, reader: User) -> None:
    rows = [a_row(id=f"r{number}", author=f"Author {number}", body=a_text(number)) for number in range(5)]
    import_reviews([a_file(tmp_path, jsonl(rows))])
    assert publish(reader, a_text(3)).state == "held"
    assert TextMarks.objects.count() == 6
    # Again with another text: its marks follow.
    import_reviews([a_file(tmp_path, jsonl([{**rows[1], "body": a_text(77)}]))])
    assert publish(a_member(), a_text(77)).state == "held"
    assert publish(a_member(), a_text(1)).state == "published"


def test_a_large_import_is_marked_by_a_command(capsys: pytest.CaptureFixture[str]) -> None:
    for _ in range(12):
        a_review()
    call_command("mark_texts")
    assert "12 texts marked." in capsys.readouterr().out
    assert TextMarks.objects.count() == 12
    call_command("mark_texts")
    assert "0 texts marked." in capsys.readouterr().out


@pytest.mark.django_db(transaction=True)
def test_the_command_waits_for_whoever_marks_texts_at_that_moment(capsys: pytest.CaptureFixture[str]) -> None:
    for _ in range(3):
        a_review()
    marks, go_on = Event(), Event()

    def somebody_who_publishes() -> None:
        with transaction.atomic():
            catch_up(1)
            marks.set()
            assert go_on.wait(20)

    def command() -> None:
        assert marks.wait(20)
        Timer(0.5, go_on.set).start()
        call_command("mark_texts")

    together(somebody_who_publishes, command)
    assert "2 texts marked." in capsys.readouterr().out


def test_scripts_without_spaces() -> None:
    text = "灯りを点ける男は港の端から端まで歩き、カメラは決して彼の先を行かない。" * 4
    assert likeness(shingles(text), shingles(f"{text}終わり。")) > 0.9
    assert likeness(shingles(text), shingles("まったく別の文章がここにあります。長さも十分です。" * 4)) == 0
