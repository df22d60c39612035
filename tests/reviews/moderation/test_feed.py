"""The log as an Atom feed: well formed whatever the words are, the same entry for ever, chosen as the page is."""

from datetime import UTC, datetime
from xml.etree import ElementTree as Xml

import pytest
from django.db import connection
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from reviews.feeds import LogFeed
from reviews.models import Act, Rule, Title
from tests.factories import a_review, a_title
from tests.html import tree
from tests.reviews.moderation.test_log import HOSTILE, an_act

pytestmark = pytest.mark.django_db
FEED = "/moderation/log/feed/"
ATOM = {"a": "http://www.w3.org/2005/Atom"}


def read(client: Client, query: str = "") -> Xml.Element:
    response = client.get(FEED + query)
    assert response.status_code == 200
    return Xml.fromstring(response.content)  # noqa: S314


def told(entry: Xml.Element, part: str) -> str:
    return entry.findtext(f"a:{part}", "", ATOM)


def test_an_entry_says_what_was_done_to_which_title_by_which_rule_and_why(client: Client) -> None:
    rule = Rule.objects.get(house_rules__number=1, number=4)
    act = an_act(title=a_title("The Ferry", year=1999), rule=rule, reason="Tells the end.\n\nAll of it.", case_number=5)
    feed = read(client)
    entry = feed.find("a:entry", ATOM)
    assert entry is not None
    assert told(entry, "title") == "Hidden: The Ferry (1999)"
    assert told(entry, "summary") == (
        "<p>By a moderator.</p>\n\n<p>House rule 4. Endings are folded.</p>\n\n"
        "<p>Tells the end.</p>\n\n<p>All of it.</p>"
    )
    assert told(entry, "updated") == told(entry, "published") == "2026-03-01T12:00:00+00:00"
    assert told(entry, "id") == f"http://testserver/moderation/log/?act={act.pk}#act-{act.pk}"
    assert entry.find("a:author", ATOM) is None
    assert told(feed, "updated") == "2026-03-01T12:00:00+00:00"


def test_the_address_of_an_entry_shows_the_act(client: Client) -> None:
    act = an_act(case_number=5)
    an_act(kind="fold", case_number=6)
    link = read(client, "?what=hide").find("a:entry/a:link", ATOM)
    assert link is not None
    address, anchor = link.attrib["href"].removeprefix("http://testserver").split("#")
    assert tree(client.get(address)).one("li", id=anchor)
    assert anchor == f"act-{act.pk}"


def test_it_is_atom_and_the_page_leads_to_it_as_chosen(client: Client) -> None:
    response = client.get(FEED)
    assert response["Content-Type"] == "application/atom+xml; charset=utf-8"
    assert read(client).tag == "{http://www.w3.org/2005/Atom}feed"
    page = tree(client.get("/moderation/log/?what=hide"))
    link = page.one("link", rel="alternate")
    assert (link.attrs["type"], link.attrs["href"]) == ("application/atom+xml", f"{FEED}?what=hide")


def test_an_empty_feed_is_a_feed(client: Client) -> None:
    assert read(client).findall("a:entry", ATOM) == []


def test_it_is_chosen_as_the_log_is_newest_first(client: Client) -> None:
    an_act(1, title=a_title("The Ferry"))
    an_act(2, kind="fold", title=a_title("The Tide"))
    an_act(3, kind="fold", title=a_title("The Ferry", year=2001))
    titles = [told(entry, "title") for entry in read(client, "?what=fold").findall("a:entry", ATOM)]
    assert titles == ["Folded as spoiler: The Ferry (2001)", "Folded as spoiler: The Tide (1974)"]
    assert len(read(client, "?what=fold&title=ferry").findall("a:entry", ATOM)) == 1


def test_an_entry_stays_as_it_is_when_an_appeal_is_answered(client: Client) -> None:
    hidden = an_act(1, case_number=3)
    before = Xml.tostring(read(client).findall("a:entry", ATOM)[0])
    an_act(2, kind="restore", answers=hidden, overturns=True, case_number=3)
    entries = read(client).findall("a:entry", ATOM)
    assert len(entries) == 2
    assert Xml.tostring(entries[1]) == before


def test_hostile_words_stay_words(client: Client) -> None:
    an_act(reason=HOSTILE, title=a_title(HOSTILE, year=None))
    entry = read(client).findall("a:entry", ATOM)[0]
    assert told(entry, "title") == f"Hidden: {HOSTILE}"
    summary = told(entry, "summary")
    assert "<script" not in summary
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; &quot;&#x27;&gt;" in summary


def test_a_passage_that_gives_something_away_is_left_out(client: Client) -> None:
    an_act(reason="It tells that >!the dog dies!< at once.")
    assert "It tells that [Spoiler] at once." in told(read(client).findall("a:entry", ATOM)[0], "summary")


@given(st.text(max_size=60), st.text(min_size=1, max_size=30))
def test_any_words_make_a_well_formed_feed(reason: str, name: str) -> None:
    act = Act(pk=1, kind="hide", at=datetime(2026, 3, 1, tzinfo=UTC), reason=reason, case_number=1)
    act.title = Title(name=name)
    response = LogFeed([act])(RequestFactory().get(FEED))
    assert Xml.fromstring(response.content).findall("a:entry", ATOM)  # noqa: S314


def test_the_feed_asks_no_more_for_many_than_for_few(client: Client) -> None:
    rule, counted = Rule.objects.all()[0], []
    for more in (2, 60):
        for number in range(more):
            review = a_review() if number < 12 else None
            an_act(number, rule=rule, review=review, title=review.title if review else None)
        with CaptureQueriesContext(connection) as queries:
            assert len(read(client).findall("a:entry", ATOM)) == min(50, Act.objects.count())
        counted.append(len([query for query in queries if "COUNT" not in query["sql"]]))
    assert counted[0] == counted[1] == 1


def test_what_is_new_since_is_told_by_the_header(client: Client) -> None:
    an_act(1)
    an_act(2)
    assert client.get(FEED)["Last-Modified"] == "Sun, 01 Mar 2026 12:02:00 GMT"
