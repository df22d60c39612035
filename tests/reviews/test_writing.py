"""Publishing and editing: what becomes of a form, which rules it has to keep, and what no form can do."""

from datetime import timedelta
from typing import Any
from urllib.parse import unquote

import pytest
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from accounts.models import User
from reviews.models import Draft, Rating, Review, Title, Version
from tests.factories import a_member, a_review, a_title, a_vote
from tests.html import Node, tree
from tests.reviews.writers import BODY, HEADLINE, OTHER_BODY, address, filled_in, signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def title() -> Title:
    return a_title("The Lamplighter", year=2004)


@pytest.fixture
def desk(author: User) -> Client:
    return signed_in(author)


def publish(desk: Client, title: Title, **changes: Any) -> Review:
    """Send the form as it is opened, with these changes."""
    opened = tree(desk.get(address(title)))
    hidden = {field.attrs["name"]: field.attrs["value"] for field in opened.one(id="write").all("input", type="hidden")}
    answer = desk.post(address(title), {**hidden, **filled_in(**changes)})
    assert answer.status_code == 302, tree(answer).text
    return Review.objects.get(pk=int(answer["Location"].split("/")[2]))


def refused(desk: Client, title: Title, **changes: Any) -> Node:
    answer = desk.post(address(title), filled_in(**changes))
    assert answer.status_code == 422
    assert not Review.objects.filter(state="published").exists()
    return tree(answer)


def errors(page: Node) -> dict[str, str]:
    return {field.attrs["id"].removesuffix("-error"): field.one("div").text for field in page.all(cls="field-error")}


def test_a_published_review_is_there_for_everybody(desk: Client, author: User, title: Title, client: Client) -> None:
    review = publish(desk, title)
    assert (review.author, review.title, review.state, review.rating) == (author, title, "published", 8)
    assert (review.headline, review.body, review.spoiler, review.edited) == (HEADLINE, BODY, False, None)
    assert timezone.now() - review.created < timedelta(minutes=1)
    seen = tree(client.get(f"/title/{title.slug}/reviews/"))
    assert seen.one(id="count").text == "1 Review"
    assert HEADLINE in seen.text
    said = tree(desk.get(review.get_absolute_url())).one(cls="message", role="status")
    assert said.text == "Your review is published. See it in place"
    assert said.one("a").attrs["href"] == f"/title/{title.slug}/reviews/?sort=date#review-{review.pk}"


def test_writing_again_is_editing(desk: Client, title: Title) -> None:
    first = publish(desk, title)
    again = publish(desk, title, body=OTHER_BODY, spoiler="1", rating="3")
    assert again.pk == first.pk
    assert (again.body, again.spoiler, again.rating, again.version) == (OTHER_BODY, True, 3, 2)
    assert again.created == first.created
    assert again.edited
    assert "Your changes are published." in tree(desk.get(again.get_absolute_url())).text
    kept = Version.objects.get()
    assert (kept.number, kept.headline, kept.body, kept.spoiler, kept.rating) == (1, HEADLINE, BODY, False, 8)
    assert (kept.published, kept.replaced) == (first.created, again.edited)
    assert Review.objects.count() == 1


def test_the_form_begins_with_what_there_is(desk: Client, author: User, title: Title) -> None:
    Rating.objects.create(member=author, title=title, value=4)
    new = tree(desk.get(address(title)))
    assert new.one("input", id="rating-4").attrs.get("checked") == ""
    assert new.one("h1").text == "Review The Lamplighter (2004)"
    publish(desk, title, spoiler="1")
    edit = tree(desk.get(address(title)))
    assert edit.one("h1").text == "Your review of The Lamplighter (2004)"
    assert edit.one(id="id_headline").text == HEADLINE
    assert edit.one(id="id_body").text == BODY
    assert "checked" in edit.one(id="id_spoiler").attrs
    assert edit.one("input", id="rating-8").attrs.get("checked") == ""


def test_where_nothing_changed_nothing_is_written(desk: Client, title: Title) -> None:
    review = publish(desk, title)
    again = publish(desk, title, body=BODY.replace("harbour", "harbour") + "\r\n ")
    assert (again.version, again.edited, again.created) == (1, None, review.created)
    assert not Version.objects.exists()


def test_another_rating_is_no_edit_of_the_text(desk: Client, title: Title) -> None:
    publish(desk, title)
    again = publish(desk, title, rating="none")
    assert (again.rating, again.version, again.edited) == (None, 1, None)
    assert not Rating.objects.exists()
    title.refresh_from_db()
    assert (title.rating_count, title.review_count) == (0, 1)


# The rules, told all at once


def test_every_broken_rule_is_named_beside_its_field_and_above(desk: Client, title: Title) -> None:
    page = refused(desk, title, rating="11", headline=" ", body="w" * 160)
    assert errors(page) == {
        "rating": "Choose 1 to 10, or “No rating”.",
        "headline": "Give your review a headline.",
        "body": "Write 40 more characters: 160 so far, 200 is the least.",
    }
    assert page.one("title").text.startswith("Three things need another look · Review The Lamplighter")
    summary = page.one(cls="summary")
    assert [link.attrs["href"] for link in summary.all("a")] == ["#id_rating", "#id_headline", "#id_body"]
    assert {"tabindex", "autofocus"} <= summary.attrs.keys()
    for name in ("rating", "headline", "body"):
        assert page.one(id=f"id_{name}")
    for name in ("headline", "body"):
        field = page.one("textarea", id=f"id_{name}")
        assert field.attrs["aria-invalid"] == "true"
        assert f"{name}-error" in field.attrs["aria-describedby"].split()


def test_a_refused_form_keeps_all_that_was_typed_and_so_does_the_draft(desk: Client, title: Title) -> None:
    page = refused(desk, title, rating="3", headline="Too short", body="Not\r\n\r\nenough.", spoiler="1")
    assert page.one(id="id_headline").text == "Too short"
    assert page.one(id="id_body").children == ["\nNot\n\nenough."]
    assert "checked" in page.one(id="id_spoiler").attrs
    assert "checked" in page.one(id="rating-3").attrs
    draft = Draft.objects.get()
    assert (draft.headline, draft.body, draft.rating, draft.spoiler) == ("Too short", "Not\n\nenough.", 3, True)
    assert "Draft saved at" in page.one(id="draft-note").text


@pytest.mark.parametrize(
    ("body", "length"),
    [
        ("w" * 200, 200),
        ("w" * 10_000, 10_000),
        (" \n\t" + "w" * 200 + "\ufeff\u3000 ", 200),
        ("w\r\n" * 100, 199),
        ("w\r\n" * 100 + "ww", 202),
        ("😀" * 200, 200),
        ("\u00e9" * 199, 199),
        ("e\u0301" * 100, 200),
        ("w" * 10_001, 10_001),
    ],
    ids=lambda value: str(value)[:9] if isinstance(value, int) else "",
)
def test_the_length_is_counted_as_one_types(desk: Client, title: Title, body: str, length: int) -> None:
    if 200 <= length <= 10_000:
        assert publish(desk, title, body=body).length == length
    elif length < 200:
        missing = 200 - length
        told = errors(refused(desk, title, body=body))["body"]
        assert told.startswith(f"Write {missing} more character{'s' if missing > 1 else ''}: {length} so far")
    else:
        told = errors(refused(desk, title, body=body))["body"]
        assert told == "Take out 1 character: 10,001 so far, 10,000 is the most."


def test_the_lengths_are_settings(desk: Client, title: Title, settings: Settings) -> None:
    settings.REVIEW_LENGTH, settings.HEADLINE_LENGTH = (5, 10), 6
    page = refused(desk, title, headline="Too long", body="w" * 11)
    assert errors(page) == {
        "headline": "Take out 2 characters: 8 so far, 6 is the most.",
        "body": "Take out 1 character: 11 so far, 10 is the most.",
    }
    assert "5 to 10 characters" in page.one(cls="rules").text
    assert publish(desk, title, headline="Short", body="Enough").length == 6


def test_a_headline_is_one_line_that_reads_in_its_own_direction(desk: Client, title: Title) -> None:
    typed = "  Out of\r\nprison, \u202eand\u202c back\t\u2066home\u2069 "
    assert publish(desk, title, headline=typed).headline == "Out of prison, and back home"


@pytest.mark.parametrize("headline", ["", " \n ", "\u200b", "\u202e", "\u2800\u200d\ufeff"[1:], "\u0301"])
def test_a_headline_that_nobody_can_see_is_none(desk: Client, title: Title, headline: str) -> None:
    assert errors(refused(desk, title, headline=headline)) == {"headline": "Give your review a headline."}


def test_a_text_that_nobody_can_see_is_none(desk: Client, title: Title) -> None:
    assert errors(refused(desk, title, body="\u200b" * 300)) == {"body": "Write something that readers can see."}


@pytest.mark.parametrize("letter", ["\0", "\b", "\x1b", "\x7f", "\x9f"])
@pytest.mark.parametrize("field", ["headline", "body"])
def test_control_characters_are_refused_by_their_number(desk: Client, title: Title, field: str, letter: str) -> None:
    text = {"headline": HEADLINE, "body": BODY}[field]
    page = refused(desk, title, **{field: f"{text[:9]}{letter}{text[9:]}"})
    assert errors(page) == {field: f"Take out the control character U+{ord(letter):04X}."}
    # It is out of what the form shows again, so that sending it once more is enough.
    assert page.one(id=f"id_{field}").text == text


@pytest.mark.parametrize("mark", [">!", "!<", "!<3"])
def test_a_mark_without_the_other_is_asked_about_and_may_stay(desk: Client, title: Title, mark: str) -> None:
    body = f"{BODY} And then {mark} he leaves."
    page = refused(desk, title, body=body)
    assert f"“far. And then {mark} he leaves.”" in errors(page)["body"]
    assert page.one("textarea", id="id_body").text.strip() == body
    assert page.one("input", name="as_typed").attrs.keys() >= {"type", "value"}
    assert publish(desk, title, body=body, as_typed="1").body == body


def test_a_passage_over_paragraphs_is_published_without_a_question(desk: Client, title: Title) -> None:
    review = publish(desk, title, body=f"{BODY} >!The sea takes him.\n\nThe lamps go out.!< Well.")
    page = tree(desk.get(f"/review/{review.pk}/"))
    assert [fold.one("span").text for fold in page.all("details", cls="passage")] == [
        "The sea takes him.",
        "The lamps go out.",
    ]
    assert not tree(desk.get(address(title))).all("input", name="as_typed")


def test_an_older_review_that_is_short_may_stay_short(desk: Client, author: User, title: Title) -> None:
    a_review(title, author, body="Came for the first film, got a mood.", headline="w" * 180)
    assert publish(desk, title, headline="w" * 179, body="Came for the first film and got a mood.").version == 2
    answer = desk.post(address(title), filled_in(body="Too short."))
    assert errors(tree(answer))["body"] == "Write 29 more characters: 10 so far, 39 is the least."


def test_the_form_says_the_rules_before_and_the_title_s_kind(desk: Client) -> None:
    page = tree(desk.get(address(a_title(kind="book"))))
    rules = page.one(cls="rules").all("li")
    assert len(rules) == 5
    assert rules[0].text == "200 to 10,000 characters. Counted as you type."
    assert rules[1].text.startswith("About the book, not about")
    assert page.one(id="body-length").text == "200 to 10,000 characters"
    assert page.one(id="headline-length").text == "150 characters at most"


# A preview


def test_a_preview_shows_the_review_under_the_form_and_keeps_the_draft(desk: Client, title: Title) -> None:
    body = f"{BODY}\n\nThen >!the dog lives!<, which <b>nobody</b> expects."
    page = tree(desk.post(address(title, "preview/"), filled_in(body=body, spoiler="1")))
    shown = page.one(id="preview")
    assert "hidden" not in shown.attrs
    assert shown.one(cls="headline").text == HEADLINE
    assert shown.one(cls="rating").text == "Rated 8/10"
    assert "Warning: Spoilers" in shown.text
    assert "open" in shown.one("details", cls="passage").attrs
    assert "<b>nobody</b> expects." in shown.text
    assert page.one(id="id_body").text == body.replace("\n\n", " ")
    assert Draft.objects.get().body == body
    assert not Review.objects.exists()


def test_for_the_script_the_preview_comes_alone_and_nothing_is_kept(desk: Client, title: Title) -> None:
    answer = desk.post(address(title, "preview/"), filled_in(), headers={"HX-Request": "true"})
    page = tree(answer)
    assert page.one(id="preview").one(cls="headline").text == HEADLINE
    assert not page.all("form")
    assert not Draft.objects.exists()


@pytest.mark.parametrize("text", ["", "\0", "w"])
def test_a_preview_of_next_to_nothing_is_one_too(desk: Client, title: Title, text: str) -> None:
    for headers in ({}, {"HX-Request": "true"}):
        answer = desk.post(address(title, "preview/"), {"headline": text, "body": text}, headers=headers)
        assert tree(answer).one(id="preview").one(cls="headline")


def test_text_is_text_on_every_page_that_shows_it(desk: Client, title: Title) -> None:
    markup = "</textarea><script>alert(1)</script>\"'><img src=x onerror=alert(1)>{{ 7|add:7 }}{% now %}"
    answers = [
        desk.post(address(title, "preview/"), filled_in(headline=markup, body=markup)),
        desk.post(address(title), filled_in(headline=markup, body=markup)),
        desk.get(address(title)),
        desk.get(address(title, "discard/")),
        desk.get("/drafts/"),
    ]
    review = publish(desk, title, headline=markup, body=markup + BODY)
    publish(desk, title, headline=f"More {markup}", body=BODY + markup)
    answers += [desk.get(f"/review/{review.pk}/history/"), desk.get(f"/review/{review.pk}/delete/")]
    for answer in answers:
        page = tree(answer)
        assert not [script for script in page.all("script") if "src" not in script.attrs]
        assert not page.all("img", src="x")


# What a moderator decided


@pytest.mark.parametrize("state", ["hidden", "held"])
def test_an_edit_does_not_bring_back_what_a_moderator_took_away(
    desk: Client, author: User, title: Title, client: Client, state: str
) -> None:
    review = a_review(title, author, state=state, body=BODY)
    edited = publish(desk, title, body=OTHER_BODY)
    assert (edited.pk, edited.state, edited.version) == (review.pk, state, 2)
    assert client.get(review.get_absolute_url()).status_code == 404
    assert (
        "Your changes are saved. At the decision you can ask for another look"
        in tree(desk.get(review.get_absolute_url())).text
    )


@pytest.mark.parametrize("state", ["hidden", "held"])
def test_deleting_what_a_moderator_took_away_is_no_way_round(
    desk: Client, author: User, title: Title, state: str
) -> None:
    review = a_review(title, author, state=state, body=BODY)
    desk.post(f"/review/{review.pk}/delete/")
    assert publish(desk, title).state == "held"


# Who, and what no form can do


def test_a_form_that_another_member_opened_is_not_sent_in_one_s_name(desk: Client, title: Title) -> None:
    other = a_member()
    for act in ("", "draft/", "preview/"):
        assert desk.post(address(title, act), filled_in(member=str(other.pk))).status_code == 403
    assert not Review.objects.exists()
    assert not Draft.objects.exists()


def test_an_address_is_confirmed_before_the_first_review(
    desk: Client, author: User, title: Title, settings: Settings
) -> None:
    settings.ASK_TO_CONFIRM = True
    page = refused(desk, title)
    assert "Confirm your e-mail address first" in page.one(cls="summary").text
    assert Draft.objects.get().body == BODY
    author.emailaddress_set.create(email=author.email, verified=True, primary=True)  # type: ignore[attr-defined]
    assert publish(desk, title).state == "published"
    assert not mail.outbox


EXTRA = {
    "state": "published",
    "author": "1",
    "title": "1",
    "created": "2001-01-01",
    "edited": "",
    "helpful": "500",
    "votes": "500",
    "votes_before_edit": "3",
    "version": "9",
    "state_before": "published",
    "is_staff": "1",
    "is_superuser": "1",
    "review_count": "77",
    "source_id": "x",
    "language": "xx",
    "id": "1",
    "pk": "1",
}


def test_fields_that_no_form_has_change_nothing(desk: Client, author: User, title: Title) -> None:
    review = a_review(title, author, state="hidden", body=BODY, helpful=3, votes=4)
    watched = ("state", "author_id", "title_id", "created", "helpful", "votes", "source_id", "language", "pk")
    before = {name: getattr(review, name) for name in watched}
    desk.post(address(title), {**filled_in(body=OTHER_BODY), **EXTRA, "seen_review": f"{review.pk}.1"})
    desk.post(address(title, "draft/"), {**filled_in(), **EXTRA})
    desk.post(f"/title/{title.slug}/rate/", {"rating": "3", **EXTRA})
    review.refresh_from_db()
    assert {name: getattr(review, name) for name in watched} == before
    assert (review.body, review.version, review.votes_before_edit) == (OTHER_BODY, 2, 4)
    author.refresh_from_db()
    assert (author.is_staff, author.is_superuser, author.review_count) == (False, False, 0)


HOSTILE: list[dict[str, Any]] = [
    {},
    {"rating": "", "headline": "", "body": ""},
    {"rating": ["1", "2"], "headline": ["a", "b"], "body": [BODY, OTHER_BODY]},
    {"rating": "8\0", "headline": "\0", "body": "\0" * 300},
    {"rating": "-1", "headline": "w" * 200_000, "body": "w" * 500_000},
    {"rating": "８", "headline": "\u202e" * 99, "body": "\u202e" * 500},
    {"rating": "1e1", "headline": "\ud83d", "body": "\udfff" * 300},
    {"rating": "99999999999999999999", "headline": "%s{0}{x}%(y)s", "body": "%s" * 200},
    {"rating": "None", "spoiler": "maybe", "keep": "nothing", "member": ""},
    {"seen_review": "0.0.0", "seen_draft": "x" * 9999, "saving": "\0", "headline": HEADLINE, "body": BODY},
    {"seen_review": "\0", "seen_draft": "{" * 36, "saving": "0" * 32, **filled_in()},
    {"headline": SimpleUploadedFile("a.txt", b"text"), "body": SimpleUploadedFile("b.txt", b"\0\xff")},
]


@pytest.mark.parametrize("number", range(len(HOSTILE)))
@pytest.mark.parametrize("act", ["", "preview/", "draft/", "discard/", "../../rate/"])
def test_no_form_is_too_strange_for_an_answer(author: User, title: Title, act: str, number: int) -> None:
    form = {name: _sent(value) for name, value in HOSTILE[number].items()}
    for client in (Client(), signed_in(author)):
        for headers in ({}, {"HX-Request": "true"}):
            answer = client.post(address(title, act), form, headers=headers)
            assert answer.status_code < 500
            assert answer.status_code != 302 or answer["Location"].startswith("/")
        if client.session.session_key:
            client.get(address(title))
    review = Review.objects.first()
    assert review is None or (review.body in {BODY, OTHER_BODY} and review.author == author)


def _sent(value: Any) -> Any:
    return value.encode("utf-8", "surrogatepass") if isinstance(value, str) and not value.isascii() else value


# Deleting


def test_deleting_asks_first_and_can_be_undone(desk: Client, author: User, title: Title, client: Client) -> None:
    review = a_review(title, author, rating=8, body=BODY, helpful=2, votes=3)
    a_vote(review)
    page = tree(desk.get(f"/review/{review.pk}/delete/"))
    assert page.one("h1").text == "Delete your review of The Lamplighter (2004)"
    assert "Its 4 votes go out of sight with it." in page.text
    assert client.get(review.get_absolute_url()).status_code == 200, "asking deletes nothing"

    answer = desk.post(f"/review/{review.pk}/delete/")
    assert answer["Location"] == f"/review/{review.pk}/delete/"
    assert "Your review is deleted." in tree(desk.get(answer["Location"])).text
    assert desk.get(review.get_absolute_url())["Location"] == answer["Location"], "its author is told what became of it"
    for who in (client, signed_in(a_member())):
        assert who.get(review.get_absolute_url()).status_code == 404
    for who in (client, desk):
        assert who.get(f"/review/{review.pk}/history/").status_code == 404
    title.refresh_from_db()
    assert (title.review_count, title.rating_count) == (0, 1), "the rating stays"

    answer = desk.post(f"/review/{review.pk}/restore/")
    assert "Your review is back where it was." in tree(desk.get(answer["Location"])).text
    review.refresh_from_db()
    assert (review.state, review.deleted, review.helpful, review.votes) == ("published", None, 3, 4)
    title.refresh_from_db()
    assert title.review_count == 1


def test_a_review_comes_back_as_it_was_not_better(desk: Client, author: User, title: Title) -> None:
    review = a_review(title, author, state="hidden")
    desk.post(f"/review/{review.pk}/delete/")
    desk.post(f"/review/{review.pk}/delete/")
    desk.post(f"/review/{review.pk}/restore/")
    review.refresh_from_db()
    assert review.state == "hidden"


def test_a_review_comes_back_with_the_rating_of_today(desk: Client, author: User, title: Title) -> None:
    review = a_review(title, author, rating=8)
    desk.post(f"/review/{review.pk}/delete/")
    desk.post(f"/title/{title.slug}/rate/", {"rating": "2"})
    desk.post(f"/review/{review.pk}/restore/")
    review.refresh_from_db()
    title.refresh_from_db()
    assert review.rating == 2
    assert title.open_counts == [0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0]


def test_deleting_frees_the_way_for_a_new_review_which_shuts_the_way_back(
    desk: Client, author: User, title: Title
) -> None:
    old = a_review(title, author)
    desk.post(f"/review/{old.pk}/delete/")
    form = tree(desk.get(address(title)))
    assert "You deleted a review of this title" in form.one(cls="write-column").one("form", cls="message").text
    new = publish(desk, title)
    assert (new.pk != old.pk, new.version, new.edited) == (True, 1, None)
    assert desk.post(f"/review/{old.pk}/restore/").status_code == 404
    assert not desk.get("/drafts/").context["deleted"]


def test_after_thirty_days_a_review_is_gone(desk: Client, author: User, title: Title) -> None:
    review = a_review(title, author)
    desk.post(f"/review/{review.pk}/delete/")
    for days, answer in ((29, 200), (30, 404)):
        Review.objects.filter(pk=review.pk).update(deleted=timezone.now() - timedelta(days=days))
        assert desk.get(f"/review/{review.pk}/delete/").status_code == answer
        assert desk.get(f"/review/{review.pk}/", follow=True).status_code == answer
        assert len(desk.get("/drafts/").context["deleted"]) == (answer == 200)
    assert desk.post(f"/review/{review.pk}/restore/").status_code == 404
    review.refresh_from_db()
    assert review.state == "deleted"


def test_only_its_author_deletes_a_review_and_brings_it_back(author: User, title: Title, reader: User) -> None:
    review = a_review(title, author)
    staff = a_member(is_staff=True, is_superuser=True)
    for member in (reader, staff):
        other = signed_in(member)
        assert other.get(f"/review/{review.pk}/delete/").status_code == 403
        assert other.post(f"/review/{review.pk}/delete/").status_code == 403
        assert other.post(f"/review/{review.pk}/restore/").status_code == 403
    Review.objects.filter(pk=review.pk).update(state="hidden")
    assert signed_in(reader).post(f"/review/{review.pk}/delete/").status_code == 404
    for act in ("delete", "restore"):
        answer = Client().post(f"/review/{review.pk}/{act}/")
        assert unquote(answer["Location"]) == f"/accounts/login/?next=/review/{review.pk}/delete/"
    review.refresh_from_db()
    assert review.state == "hidden"
