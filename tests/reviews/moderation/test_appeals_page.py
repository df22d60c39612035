"""A decision with its reasons, and having it looked at again: what its author reads and can do, and nobody else."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import User
from reviews.drafting import Seen, Text
from reviews.models import Act, Appeal, HouseRules, Review, Rule
from reviews.moderation.deciding import Decision, decide
from reviews.writing import publish
from tests.factories import a_decision_on, a_moderator, a_review, a_trusted_member
from tests.html import Node, tree

pytestmark = pytest.mark.django_db


def signed_in(member: User) -> Client:
    client = Client()
    client.force_login(member)
    return client


def page_of(act: Act, member: User) -> Node:
    return tree(signed_in(member).get(f"/decision/{act.pk}/"))


def appeal(act: Act, member: User, kind: str = "objection", words: str = "It is about the work.") -> Any:
    return signed_in(member).post(f"/decision/{act.pk}/appeal/", {"kind": kind, "words": words})


def offered(page: Node) -> list[str]:
    return [node.attrs["value"] for node in page.all("button", name="kind")]


def edit(review: Review, body: str) -> None:
    review.refresh_from_db()
    publish(review.author, review.title, Text(None, review.headline, body), Seen.now(review, None))


def test_it_says_what_which_rule_why_and_who(author: User, moderator: User) -> None:
    act = a_decision_on(a_review(author=author, body="WORDSOFMINE"), moderator)
    # Later versions of the rules change nothing about it.
    later = HouseRules.objects.create(number=2)
    Rule.objects.create(house_rules=later, number=1, name="Other", text="Other words.")
    page = page_of(act, author)
    said = {node.one("dt").text: node.one("dd").text for node in page.one("dl", cls="particulars").all("div")}
    assert act.rule
    assert said["Which rule"] == f"1. About the work {act.rule.text} House rules, version 1"
    assert said["Why"] == "It is about a shop."
    assert said["Who decided"] == "A moderator, not a program. 1 report had been made."
    assert said["When"].endswith("UTC")
    assert "WORDSOFMINE" in page.text
    assert "out of court" in page.text
    assert page.one("h1").text.endswith("is hidden.")


def test_a_rule_of_the_site_says_that_it_is_no_person(author: User) -> None:
    from reviews.models import Reason
    from reviews.moderation.reporting import report

    review = a_review(author=author)
    for _ in range(3):
        report(review.pk, a_trusted_member(), Reason.INSULT)
    page = page_of(Act.objects.get(), author)
    assert "A rule of the site, not a person: reports of enough weight" in page.text
    assert offered(page) == ["objection"]


def test_an_appeal_waits_and_is_answered_by_another_moderator(author: User, moderator: User, second: User) -> None:
    review = a_review(author=author)
    act = a_decision_on(review, moderator)
    assert offered(page_of(act, author)) == ["objection"]
    assert appeal(act, author, words="Read <b>it</b> again.").status_code == 302
    page = page_of(act, author)
    assert offered(page) == []
    assert "Read <b>it</b> again." in page.text
    assert "It waits." in page.text
    case = Appeal.objects.get().case
    answer = decide(case.pk, second, case.version, Decision(Act.Kind.RESTORE, reason="It is about the work."))
    page = page_of(act, author)
    assert "Restored." in page.text
    assert page.all("a", href=f"/decision/{answer.pk}/")
    assert page_of(answer, author).all("a", href=f"/decision/{act.pk}/")
    assert signed_in(author).get(review.get_absolute_url()).status_code == 200


def test_an_objection_needs_words(author: User, moderator: User) -> None:
    act = a_decision_on(a_review(author=author), moderator)
    for words in ("", " \n\u200b", "a\x00b", "x" * 1001):
        response = appeal(act, author, words=words)
        assert response.status_code == 422
        page = tree(response)
        assert len(page.all(cls="field-error")) == 1
        assert page.one(cls="summary").one("a").attrs["href"] == "#id_words"
    assert tree(response).one("textarea").text == "x" * 1001
    assert not Appeal.objects.exists()


@pytest.mark.parametrize("kind", ["", "unlikely", "\x00", "edited"])
def test_other_kinds_are_refused(author: User, moderator: User, kind: str) -> None:
    act = a_decision_on(a_review(author=author), moderator)
    response = appeal(act, author, kind, "Kept.")
    assert response.status_code == (409 if kind == "edited" else 422)
    assert "Kept." in tree(response).one("textarea").text
    assert not Appeal.objects.exists()


def test_once_and_after_each_edit(author: User, moderator: User, second: User) -> None:
    review = a_review(author=author)
    act = a_decision_on(review, moderator)
    assert appeal(act, author).status_code == 302
    response = appeal(act, author, words="Once more.")
    assert response.status_code == 409
    assert "This cannot be appealed now" in tree(response).text
    case = Appeal.objects.get().case
    decide(case.pk, second, case.version, Decision(Act.Kind.UPHOLD, reason="It names a shop."))
    assert offered(page_of(act, author)) == []
    edit(review, "It is about the work and nothing else. " * 10)
    page = page_of(act, author)
    assert offered(page) == ["edited"]
    assert "It was edited since." in page.text
    assert appeal(act, author, "edited", "").status_code == 302
    assert Appeal.objects.filter(kind="edited", decision=None).exists()


def test_with_both_ways_open_the_edited_text_comes_first(author: User, moderator: User) -> None:
    review = a_review(author=author)
    act = a_decision_on(review, moderator)
    edit(review, "Another text entirely, and long enough for all. " * 6)
    page = page_of(act, author)
    assert offered(page) == ["edited", "objection"]
    assert len(page.all("button", cls="main-act")) == 1


def test_a_suspended_member_reads_and_appeals(author: User, moderator: User) -> None:
    act = a_decision_on(a_review(author=author), moderator, kind="suspend", suspension="week")
    client = signed_in(author)
    assert client.get("/suspension/")["Location"] == f"/decision/{act.pk}/"
    page = page_of(act, author)
    assert act.until
    assert f"{act.until:%H:%M} UTC" in page.text
    assert appeal(act, author).status_code == 302
    assert Appeal.objects.get().case.member == author
    User.objects.filter(pk=author.pk).update(suspended_until=timezone.now() - timedelta(seconds=1))
    assert client.get("/suspension/").status_code == 404


def test_moderators_read_it_and_appeal_for_nobody(author: User, moderator: User) -> None:
    act = a_decision_on(a_review(author=author), moderator)
    watch = a_moderator()
    page = page_of(act, watch)
    assert page.one("h1").text == "Hidden"
    assert not page.all("textarea")
    assert appeal(act, watch).status_code == 409
    assert not Appeal.objects.exists()


@pytest.mark.parametrize("kind", ["no_action"])
def test_what_an_author_is_not_told_of_is_not_theirs_to_open(author: User, moderator: User, kind: str) -> None:
    act = a_decision_on(a_review(author=author), moderator, kind=kind, rule=None, reason="")
    assert signed_in(author).get(f"/decision/{act.pk}/").status_code == 404


def test_others_find_nothing(author: User, stranger: User, moderator: User) -> None:
    act = a_decision_on(a_review(author=author), moderator)
    client = signed_in(stranger)
    assert client.get(f"/decision/{act.pk}/").status_code == 404
    assert appeal(act, stranger).status_code == 404
    assert client.get(f"/decision/{10**30}/").status_code == 404
    assert client.post(f"/decision/{10**30}/appeal/").status_code == 404
    assert client.get("/suspension/").status_code == 404


def test_what_was_written_when_the_session_ended_is_there_after_signing_in(
    client: Client, author: User, stranger: User, moderator: User
) -> None:
    act = a_decision_on(a_review(author=author), moderator)
    response = client.post(f"/decision/{act.pk}/appeal/", {"kind": "objection", "words": "Typed with care."})
    assert response["Location"] == f"/accounts/login/?next=%2Fdecision%2F{act.pk}%2F"
    client.force_login(author)
    page = tree(client.get(f"/decision/{act.pk}/"))
    assert page.one("textarea").text == "Typed with care."
    client.post(f"/decision/{act.pk}/appeal/", {"kind": "objection", "words": "Typed with care."})
    assert "unsent_words" not in client.session


def test_what_was_written_is_shown_to_no_other_member(client: Client, author: User, moderator: User) -> None:
    act = a_decision_on(a_review(author=author), moderator)
    client.post(f"/decision/{act.pk}/appeal/", {"kind": "objection", "words": "Typed with care."})
    client.force_login(a_moderator())
    assert "Typed with care." not in client.get(f"/decision/{act.pk}/").content.decode()


def test_without_the_token_of_the_form_nothing_is_appealed(author: User, moderator: User) -> None:
    act = a_decision_on(a_review(author=author), moderator)
    client = Client(enforce_csrf_checks=True)
    client.force_login(author)
    assert client.post(f"/decision/{act.pk}/appeal/", {"kind": "objection", "words": "Why."}).status_code == 403
    assert not Appeal.objects.exists()


def test_from_report_to_record(author: User, moderator: User, second: User) -> None:
    """Three report, it is held, one hides it, the author edits and appeals, another restores it."""
    review = a_review(author=author)
    for _ in range(3):
        signed_in(a_trusted_member()).post(f"/review/{review.pk}/report/", {"reason": "insult"})
    assert Client().get(review.get_absolute_url()).status_code == 404
    case = review.cases.get()
    rule = Rule.objects.get(number=2)
    act = decide(case.pk, moderator, case.version, Decision(Act.Kind.HIDE, rule=rule, reason="It insults."))
    assert "It insults." in page_of(act, author).text
    edit(review, "I still think that it is slow, and that is all there is to say about anybody. " * 4)
    assert appeal(act, author, "edited", "The insult is out.").status_code == 302
    case = review.cases.get(closed=None)
    decide(case.pk, second, case.version, Decision(Act.Kind.RESTORE, reason="So it is."))
    assert Client().get(review.get_absolute_url()).status_code == 200
    assert list(Act.objects.order_by("pk").values_list("kind", flat=True)) == ["hold", "hide", "restore"]


def test_sign_in_on_the_way_to_a_decision_names_no_title(client: Client, author: User, moderator: User) -> None:
    act = a_decision_on(a_review(author=author), moderator)
    other = a_review(pk=act.pk + 1000)
    path = f"/accounts/login/?next=/decision/{other.pk}/"
    assert other.title.name not in client.get(path).content.decode()
    assert other.title.name in client.get(f"/accounts/login/?next=/review/{other.pk}/report/").content.decode()
