"""Drafts: what one types is on the server a moment later, and nothing of it is lost or overwritten unseen."""

import uuid
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from reviews import drafting
from reviews.drafting import Conflict, Seen, Text
from reviews.models import Draft, Review, Title
from tests.factories import PASSWORD, a_member, a_review, a_title
from tests.html import Node, tree
from tests.reviews.writers import BODY, HEADLINE, OTHER_BODY, address, filled_in, signed_in

pytestmark = pytest.mark.django_db

SCRIPT = {"HX-Request": "true"}


@pytest.fixture
def title() -> Title:
    return a_title("The Lamplighter", year=2004)


class Tab:
    """An open form, as a browser with the script holds it: it sends what it was shown and takes what is answered."""

    def __init__(self, client: Client, title: Title) -> None:
        self.client, self.title = client, title
        self.page = tree(client.get(address(title)))
        self.take(self.page)

    def take(self, page: Node) -> None:
        self.shown = {field.attrs["name"]: field.attrs["value"] for field in page.one(id="draft-note").all("input")}

    def form(self, **typed: Any) -> dict[str, Any]:
        member = self.page.one("input", name="member").attrs["value"]
        return {**filled_in(), "member": member, **self.shown, **typed}

    def save(self, *, answered: bool = True, **typed: Any) -> Any:
        answer = self.client.post(address(self.title, "draft/"), self.form(**typed), headers=SCRIPT)
        if answered and answer.status_code != 401:
            self.take(tree(answer))
        return answer

    def publish(self, **typed: Any) -> Any:
        return self.client.post(address(self.title), self.form(**typed))


@pytest.fixture
def tab(author: User, title: Title) -> Tab:
    return Tab(signed_in(author), title)


def stored() -> str:
    return Draft.objects.get().body


def test_what_was_typed_is_there_on_any_device(tab: Tab, author: User, title: Title) -> None:
    assert not tab.page.one(id="draft-note").all(cls="dot")
    answer = tab.save(rating="3", headline="Half a", body="Not yet eno", spoiler="1")
    assert answer.status_code == 200
    note = tree(answer).one(id="draft-note")
    assert note.one("time").attrs["data-clock"] == ""
    assert "It waits for you here, signed out or not." in note.text
    elsewhere = tree(signed_in(author).get(address(title)))
    assert elsewhere.one(id="id_headline").text == "Half a"
    assert elsewhere.one(id="id_body").text == "Not yet eno"
    assert "checked" in elsewhere.one(id="rating-3").attrs
    assert "checked" in elsewhere.one(id="id_spoiler").attrs
    assert not Review.objects.exists()


def test_a_draft_of_an_edit_waits_beside_the_review(tab: Tab, author: User, title: Title, client: Client) -> None:
    tab.publish()
    edit = Tab(tab.client, title)
    edit.save(body=OTHER_BODY)
    assert tree(tab.client.get(address(title))).one(id="id_body").text == OTHER_BODY
    seen = tree(client.get(f"/title/{title.slug}/reviews/"))
    assert BODY in seen.text
    assert OTHER_BODY not in seen.text
    edit.save(body=BODY)
    assert not Draft.objects.exists(), "it says nothing that is not published"


def test_without_the_script_a_draft_is_kept_too_and_the_form_comes_again(author: User, title: Title) -> None:
    desk = signed_in(author)
    answer = desk.post(address(title, "draft/"), filled_in())
    assert answer["Location"] == address(title)
    assert stored() == BODY


def test_nothing_typed_is_no_draft(tab: Tab) -> None:
    tab.save(rating="none", headline=" ", body="\r\n")
    assert not Draft.objects.exists()
    tab.save()
    tab.save(rating="none", headline="", body="")
    assert not Draft.objects.exists()


def test_publishing_uses_the_draft_up(tab: Tab) -> None:
    tab.save()
    assert tab.publish().status_code == 302
    assert not Draft.objects.exists()


def test_control_characters_and_what_goes_on_for_ever_are_left_out(tab: Tab) -> None:
    assert tab.save(headline="A\0B\nC", body="\0x\x1b" + "w" * 300_000).status_code == 200
    draft = Draft.objects.get()
    assert (draft.headline, draft.body[:3], len(draft.body)) == ("AB C", "xww", 100_000)


# Two tabs


def test_a_later_tab_is_told_and_shown_both_and_nothing_is_overwritten(tab: Tab, title: Title) -> None:
    other = Tab(tab.client, title)
    tab.save(body=BODY)
    answer = other.save(answered=False, body=OTHER_BODY, headline="Mine")
    assert answer.status_code == 409
    assert stored() == BODY
    conflict = tree(answer).one(id="conflict")
    assert "Another tab or device has kept a different draft." in conflict.text
    assert conflict.one("article").one(cls="prose").text == BODY
    assert [button.text for button in conflict.all("button")] == ["Keep this one"] * 2


@pytest.mark.parametrize("act", ["", "preview/", "draft/"])
def test_without_the_script_both_are_on_the_page(tab: Tab, title: Title, act: str) -> None:
    other = Tab(tab.client, title)
    tab.save(body=BODY)
    answer = other.client.post(address(title, act), other.form(body=OTHER_BODY))
    assert answer.status_code == 409
    page = tree(answer)
    assert page.one(id="conflict").one(cls="prose").text == BODY
    assert page.one(id="id_body").text == OTHER_BODY
    assert stored() == BODY
    assert not Review.objects.exists()


def test_either_text_can_be_kept(tab: Tab, title: Title) -> None:
    for keep, kept in (({"keep": "other"}, BODY), ({}, OTHER_BODY)):
        other = Tab(tab.client, title)
        tab = Tab(tab.client, title)
        tab.save(body=BODY)
        other.save(body=OTHER_BODY)
        answer = other.client.post(address(title, "draft/"), other.form(body=OTHER_BODY, **keep))
        assert answer["Location"] == address(title)
        assert stored() == kept


def test_the_first_tab_is_told_in_its_turn(tab: Tab, title: Title) -> None:
    tab.save(body=BODY)
    other = Tab(tab.client, title)
    assert other.save(body=OTHER_BODY).status_code == 200
    assert tab.save(body=f"{BODY} More.").status_code == 409
    assert stored() == OTHER_BODY


def test_the_same_text_twice_is_no_conflict(tab: Tab, title: Title) -> None:
    other = Tab(tab.client, title)
    tab.save()
    assert other.save().status_code == 200
    assert tab.save(body=OTHER_BODY).status_code == 200
    assert other.save(body=OTHER_BODY).status_code == 200


def test_publishing_over_another_tab_s_draft_is_a_conflict(tab: Tab, title: Title) -> None:
    other = Tab(tab.client, title)
    tab.save(body=BODY)
    assert other.publish(body=OTHER_BODY).status_code == 409
    assert not Review.objects.exists()


def test_a_tab_from_before_the_publishing_overwrites_nothing(tab: Tab, title: Title) -> None:
    late, later = Tab(tab.client, title), Tab(tab.client, title)
    tab.publish()
    answer = late.save(answered=False, body=OTHER_BODY)
    assert answer.status_code == 409
    assert "A different text was published" in tree(answer).one(id="conflict").text
    assert later.publish(body=OTHER_BODY).status_code == 409
    assert Review.objects.get().body == BODY
    assert not Draft.objects.exists()
    assert late.publish().status_code == 302, "the same text"


def test_a_review_that_took_a_deleted_one_s_place_is_not_taken_for_it(tab: Tab, title: Title) -> None:
    tab.publish()
    late = Tab(tab.client, title)
    tab.client.post(f"/review/{Review.objects.get().pk}/delete/")
    Tab(tab.client, title).publish(body=OTHER_BODY)
    assert late.publish(body=f"{BODY} More.").status_code == 409


def test_a_discarded_draft_that_came_again_is_another_one(tab: Tab, title: Title) -> None:
    late = Tab(tab.client, title)
    late.save()
    tab.client.post(address(title, "discard/"))
    Tab(tab.client, title).save(body=OTHER_BODY)
    assert late.save(body=f"{BODY} More.").status_code == 409
    assert stored() == OTHER_BODY


def test_a_save_whose_answer_was_lost_is_one_s_own(tab: Tab) -> None:
    tab.save(answered=False, body=BODY)
    assert tab.save(body=OTHER_BODY).status_code == 200
    assert stored() == OTHER_BODY
    tab.save(answered=False, body=BODY)
    assert tab.publish(body=OTHER_BODY).status_code == 302


def test_what_another_tab_saw_of_a_lost_save_does_not_hide_the_next(tab: Tab, title: Title) -> None:
    tab.save(answered=False, body=BODY)
    other = Tab(tab.client, title)
    tab.save(body=f"{BODY} More.")
    assert other.save(body=OTHER_BODY).status_code == 409


def test_the_revision_is_another_with_every_text(author: User, title: Title) -> None:
    given, saving = set[uuid.UUID](), uuid.uuid4()
    for words in ("one", "two", "three"):
        draft = drafting.save_draft(author, title, Text(body=words), Seen("", next(iter(given), None), saving))
        assert draft
        assert draft.revision not in given
        given = {draft.revision}
    with pytest.raises(Conflict):
        drafting.save_draft(author, title, Text(body="four"), Seen())


# A session that ended


def sign_in(client: Client, member: User) -> None:
    answer = client.post("/accounts/login/", {"login": member.username, "password": PASSWORD})
    assert answer.status_code == 302


@pytest.mark.parametrize("act", ["", "preview/", "draft/"])
def test_what_is_sent_after_the_session_ended_is_the_draft_after_signing_in(
    tab: Tab, author: User, title: Title, act: str
) -> None:
    tab.client.logout()
    answer = tab.client.post(address(title, act), tab.form(rating="2", spoiler="1"))
    assert answer["Location"] == f"/accounts/login/?next={address(title).replace('/', '%2F')}"
    assert not Draft.objects.exists()
    sign_in(tab.client, author)
    assert Text.of(Draft.objects.get()) == Text(2, HEADLINE, BODY, True)
    assert tree(tab.client.get(address(title))).one(id="id_body").text == BODY


def test_the_script_is_told_that_the_session_ended_and_that_the_text_is_safe(tab: Tab, author: User) -> None:
    tab.save(body=OTHER_BODY)
    tab.client.logout()
    answer = tab.save()
    assert answer.status_code == 401
    said = tree(answer).one(id="signed-out")
    assert said.text.startswith("Your session had ended. Your text is safe")
    assert said.one("a").attrs["href"].startswith("/accounts/login/?next=/title/")
    sign_in(tab.client, author)
    assert stored() == BODY
    assert tab.save(body=f"{BODY} More.").status_code == 200, "it is this tab's own draft"


def test_nobody_fills_the_database_with_what_waits_for_no_member(tab: Tab, title: Title) -> None:
    cache.clear()
    for _ in range(25):
        Client().post(address(title), tab.form(member="7"))
    assert len([row for row in Session.objects.all() if "unsent" in row.get_decoded()]) == 20
    # In a session that is there already it goes on being kept, as often as somebody types.
    tab.client.logout()
    tab.client.session.save()
    cache.clear()
    for number in range(25):
        tab.save(answered=False, body=f"{BODY} {number}")
    assert tab.client.session["unsent"]["form"]["body"] == f"{BODY} 24"


def test_the_next_member_at_the_browser_does_not_get_what_another_wrote(tab: Tab, title: Title) -> None:
    tab.client.logout()
    tab.save()
    sign_in(tab.client, other := a_member())
    assert not Draft.objects.exists()
    assert tree(tab.client.get(address(title))).one(id="id_body").text == ""
    assert "unsent" not in tab.client.session
    assert other.drafts.count() == 0


def test_what_waited_and_a_draft_from_elsewhere_are_both_shown(tab: Tab, author: User, title: Title) -> None:
    tab.client.logout()
    tab.save(body=OTHER_BODY)
    Tab(signed_in(author), title).save(body=BODY)
    sign_in(tab.client, author)
    for _ in range(2):
        page = tree(tab.client.get(address(title)))
        assert page.one(id="conflict").one(cls="prose").text == BODY
        assert page.one(id="id_body").text == OTHER_BODY
    tab.client.post(address(title, "draft/"), {**tab.form(), "keep": "other"})
    page = tree(tab.client.get(address(title)))
    assert "hidden" in page.one(id="conflict").attrs
    assert page.one(id="id_body").text == BODY


def test_a_title_that_is_gone_meanwhile_stops_nobody_from_signing_in(tab: Tab, author: User, title: Title) -> None:
    tab.client.logout()
    tab.save()
    title.delete()
    sign_in(tab.client, author)
    assert tab.client.get("/drafts/").status_code == 200


# Where drafts are seen, and by whom


def test_drafts_are_listed_for_their_member_alone(tab: Tab, title: Title, client: Client) -> None:
    tab.save(headline="Only for me", body="UNFINISHED thoughts")
    page = tree(tab.client.get("/drafts/"))
    assert "Only for me" in page.text
    assert page.one("a", href=address(title), cls="act").text == "Continue"
    pages = ["/", title.get_absolute_url(), f"/title/{title.slug}/reviews/", "/user/author/"]
    other = signed_in(a_member())
    for who in (other, client):
        for path in (*pages, "/drafts/", address(title)):
            assert b"UNFINISHED" not in who.get(path, follow=True).content
        assert who.get(address(title, "discard/")).status_code in {302, 404}
        assert who.post(address(title, "discard/")).status_code in {302, 404}
    assert Draft.objects.exists()


def test_discarding_asks_first(tab: Tab, title: Title) -> None:
    tab.save()
    page = tree(tab.client.get(address(title, "discard/")))
    assert page.one("h1").text == "Discard your draft about The Lamplighter (2004)"
    assert Draft.objects.exists()
    answer = tab.client.post(address(title, "discard/"), follow=True)
    assert "The draft about The Lamplighter (2004) is discarded." in tree(answer).text
    assert "No draft waits." in tree(answer).text
    assert not Draft.objects.exists()


def test_the_invitation_says_what_one_has_begun_within_the_queries_of_the_page(
    tab: Tab, author: User, title: Title, client: Client
) -> None:
    path = f"/title/{title.slug}/reviews/"

    def invitation(who: Client) -> str:
        link = tree(who.get(path)).one("a", cls="invitation")
        assert link.attrs["href"] == address(title)
        return link.text

    assert [invitation(client), invitation(tab.client)] == ["Review this title"] * 2
    tab.publish()
    assert [invitation(client), invitation(tab.client)] == ["Review this title", "Edit your review"]
    Tab(tab.client, title).save(body=OTHER_BODY)
    assert [invitation(client), invitation(tab.client)] == ["Review this title", "Continue your draft"]
    for number in range(12):
        a_review(title, a_member(f"writer{number}"))
    with CaptureQueriesContext(
        connection,
    ) as queries:
        tab.client.get(path)
    # Of the twelve cards none is kept yet.
    assert len(queries) <= 7
    assert tree(tab.client.get(f"/title/{title.slug}/")).all("a", href=address(title))


def test_a_visitor_is_led_through_sign_in_to_the_form(client: Client, author: User, title: Title) -> None:
    answer = client.get(address(title), follow=True)
    path = answer.redirect_chain[0][0]
    assert path.startswith("/accounts/login/?next=")
    assert "You were about to review The Lamplighter (2004)." in tree(answer).text
    answer = client.post(path, {"login": "author", "password": PASSWORD, "next": address(title)})
    assert answer["Location"] == address(title)
    assert not client.session.get("unsent")
