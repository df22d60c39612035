"""The house rules: a page, in versions; written in the back office, and never changed once they are published."""

import re
from datetime import UTC, datetime
from threading import Barrier, Thread
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from accounts.models import User
from reviews.models import Act, HouseRules, Rule
from tests.factories import a_keeper
from tests.html import tree

pytestmark = pytest.mark.django_db
PAGE, ADD = "/about/rules/", "/admin/reviews/houserules/add/"


@pytest.fixture
def keeper() -> User:
    return a_keeper("keeper")


@pytest.fixture
def admin(client: Client, keeper: User) -> Client:
    client.force_login(keeper)
    return client


def filled_in(client: Client) -> dict[str, Any]:
    """The form for the next version as a browser would send it, with nothing changed."""
    page = tree(client.get(ADD))
    fields = {}
    for node in page.one("form", id="houserules_form").walk():
        name = node.attrs.get("name", "")
        if "__prefix__" in name:
            continue
        if node.tag == "textarea" and name:
            fields[name] = "".join(child for child in node.children if isinstance(child, str)).removeprefix("\n")
        elif node.tag == "select":
            fields[name] = next((o.attrs["value"] for o in node.all("option") if "selected" in o.attrs), "")
        elif node.tag == "input" and node.attrs.get("type") not in {"submit", "checkbox"} and name:
            fields[name] = node.attrs.get("value", "")
    return fields


def errors(response: Any) -> list[str]:
    return re.findall(r'<ul class="errorlist[^>]*><li>(.*?)</li>', response.content.decode())


def a_second_version(**fields: Any) -> HouseRules:
    second = HouseRules.objects.create(number=2, introduction="Said anew.", **fields)
    Rule.objects.create(house_rules=second, number=1, name="Be brief", text="Or be good.")
    return second


def test_the_rules_in_force_stand_with_their_numbers_and_anchors(client: Client) -> None:
    page = tree(client.get(PAGE))
    assert page.one("h1").text == "House rules"
    assert [node.attrs["id"] for node in page.one(cls="house-rules").all("li")] == [f"rule-{n}" for n in range(1, 9)]
    assert page.one(id="rule-4").one("h2").text == "4. Endings are folded"
    assert "one account a person" in page.one(id="rule-8").text.lower()
    assert "These rules hold no more." not in page.text
    assert "All versions" not in page.text


def test_an_older_version_stays_readable_and_says_that_it_is_one(client: Client) -> None:
    HouseRules.objects.filter(number=1).update(published=datetime(2025, 1, 6, tzinfo=UTC))
    a_second_version(published=datetime(2026, 3, 2, tzinfo=UTC))
    now, old = tree(client.get(PAGE)), tree(client.get("/about/rules/1/"))
    assert [node.text for node in now.one(cls="house-rules").all("h2")] == ["1. Be brief"]
    assert "Version 2, since 2 March 2026" in now.text
    assert "These rules hold no more." in old.text
    assert "Version 1, from 6 January 2025 to 2 March 2026" in old.text
    assert old.one(id="rule-4")
    links = [link.attrs["href"] for link in now.one("section", aria_labelledby="versions").all("a")]
    assert links == ["/about/rules/1/"]
    assert "These rules hold no more." not in tree(client.get("/about/rules/2/")).text


@pytest.mark.parametrize("number", ["0", "3", "99999999999999999999", "-1", "x"])
def test_a_version_that_is_not_there_is_not_found(client: Client, number: str) -> None:
    assert client.get(f"{PAGE}{number}/").status_code == 404


def test_the_rules_are_reached_from_every_page_and_from_writing(client: Client, keeper: User) -> None:
    footer = tree(client.get("/")).one("footer")
    assert {PAGE, "/moderation/log/", "/about/reviews/"} <= {link.attrs["href"] for link in footer.all("a")}


def test_the_next_version_is_written_from_the_one_in_force(admin: Client) -> None:
    fields = filled_in(admin)
    first = HouseRules.objects.get()
    assert fields["introduction"] == first.introduction
    assert fields["rules-3-name"] == "Endings are folded"
    fields |= {"introduction": "Fewer words.", "rules-3-text": "Fold the ending.", "rules-8-number": "9"}
    fields |= {"rules-8-name": "Be patient", "rules-8-text": "Moderators sleep."}
    assert admin.post(ADD, fields).status_code == 302
    second = HouseRules.objects.get(number=2)
    assert (second.number, second.introduction, second.rules.count()) == (2, "Fewer words.", 9)
    assert list(second.rules.values_list("number", flat=True)) == list(range(1, 10))
    assert second.rules.get(number=4).text == "Fold the ending."
    assert second.rules.get(number=1).text == first.rules.get(number=1).text
    assert second.rules.get(number=1).reason == "off_topic"
    assert first.rules.get(number=4).text != "Fold the ending."


def test_a_rule_is_left_out_by_emptying_it(admin: Client) -> None:
    fields = filled_in(admin)
    fields |= {f"rules-7-{name}": "" for name in ("number", "name", "text", "reason")}
    assert admin.post(ADD, fields).status_code == 302
    assert HouseRules.objects.get(number=2).rules.count() == 7


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"rules-1-number": "1"}, "Two rules have the same number."),
        ({"rules-1-name": ""}, "This field is required."),
        ({"rules-1-text": "a\x07b"}, "Take out the control character U+0007."),
        ({"introduction": "a\x07b"}, "Take out the control character U+0007."),
        ({f"rules-{n}-{name}": "" for n in range(9) for name in ("number", "name", "text", "reason")}, "no rule left"),
    ],
)
def test_rules_that_cannot_stand_are_refused_and_kept_in_the_form(
    admin: Client, changes: dict[str, str], message: str
) -> None:
    response = admin.post(ADD, filled_in(admin) | changes)
    assert response.status_code == 200
    assert any(message in error for error in errors(response))
    assert HouseRules.objects.count() == 1
    assert Rule.objects.count() == 8


def test_who_writes_on_a_version_that_was_replaced_meanwhile_is_told(admin: Client) -> None:
    fields = filled_in(admin)
    a_second_version()
    response = admin.post(ADD, fields | {"introduction": "Mine, and long."})
    assert errors(response) == ["Version 2 was published meanwhile. Begin anew from it."]
    assert "Mine, and long." in response.content.decode()
    assert HouseRules.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_two_at_once_do_not_make_the_same_version(keeper: User) -> None:
    """Both have the form open; one is published, the other is told."""
    clients = [Client(), Client()]
    for client in clients:
        client.force_login(keeper)
    forms = [filled_in(client) | {"introduction": f"By {n}."} for n, client in enumerate(clients)]
    together, answers = Barrier(2), list[Any]()

    def send(number: int) -> None:
        together.wait()
        answers.append(clients[number].post(ADD, forms[number]))
        connection.close()

    threads = [Thread(target=send, args=[number]) for number in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answer.status_code for answer in answers) == [200, 302]
    assert list(HouseRules.objects.values_list("number", flat=True)) == [2, 1]
    assert Rule.objects.filter(house_rules__number=2).count() == 8


def test_a_published_version_is_looked_at_and_neither_changed_nor_deleted(admin: Client) -> None:
    first = HouseRules.objects.get()
    own = f"/admin/reviews/houserules/{first.pk}/"
    page = admin.get(f"{own}change/").content.decode()
    assert "Endings are folded" in page
    assert 'name="introduction"' not in page
    assert 'name="rules-0-text"' not in page
    assert admin.post(f"{own}change/", {"introduction": "X"}).status_code == 403
    for method in (admin.get, admin.post):
        assert method(f"{own}delete/", {"post": "yes"}).status_code == 403
    admin.post(
        "/admin/reviews/houserules/", {"action": "delete_selected", "_selected_action": [first.pk], "post": "yes"}
    )
    first.refresh_from_db()
    assert first.introduction != "X"
    assert first.rules.count() == 8
    assert admin.get("/admin/reviews/houserules/").status_code == 200


def test_staff_without_the_permission_publish_nothing(client: Client) -> None:
    client.force_login(a_keeper("clerk", is_superuser=False))
    assert client.get(ADD).status_code == client.post(ADD, {}).status_code == 403


def test_a_decision_leads_to_the_rule_as_it_was(client: Client) -> None:
    Act.objects.create(kind="hide", rule=Rule.objects.get(number=4))
    a_second_version()
    links = [link.attrs["href"] for link in tree(client.get("/moderation/log/")).all("a")]
    assert "/about/rules/1/#rule-4" in links
    assert tree(client.get("/about/rules/1/")).one(id="rule-4")


# How reviews are checked


def test_the_page_on_checking_takes_its_figures_from_where_they_are_applied(client: Client, settings: Any) -> None:
    settings.VOTES_A_DAY, settings.REPORTS_A_DAY, settings.REVIEWS_A_DAY, settings.REVIEWS_ON_FIRST_DAY = 61, 21, 11, 4
    words = tree(client.get("/about/reviews/")).text
    assert (
        "more than 61 votes, makes more than 21 reports or publishes more than 11 reviews a day; on the first day 4"
        in words
    )
    assert "When 8 votes or more of one kind reach one review within 24 hours" in words
    assert "what the 28 days before let expect" in words
    assert "less than once in 10,000 times" in words
    assert "25 ratings of 7.0 are added" in words
    assert "At a weight of 8, from 3 members or more" in words
    assert "up to 3 more by trust" in words


@pytest.mark.parametrize("asks", [True, False])
def test_it_says_whether_addresses_are_confirmed(client: Client, settings: Any, asks: bool) -> None:
    settings.ASK_TO_CONFIRM = asks
    words = tree(client.get("/about/reviews/")).text
    assert ("confirmed an e-mail address first" in words) == asks
    assert ("sends no mail" in words) != asks


def test_it_leads_to_rules_log_and_figures_and_is_reached_from_the_orders(client: Client) -> None:
    hrefs = {link.attrs["href"] for link in tree(client.get("/about/reviews/")).one("main").all("a")}
    assert {PAGE, "/moderation/log/", "/moderation/figures/", "/about/ordering/"} <= hrefs
    ordering = {link.attrs["href"] for link in tree(client.get("/about/ordering/")).one("main").all("a")}
    assert "/about/reviews/" in ordering
