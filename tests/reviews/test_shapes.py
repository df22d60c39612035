"""What comes out of shapes is what Django renders: every kind of review, title and reader, both ways."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.conf import settings
from django.template import Context, Engine
from django.template.loader import get_template
from django.test import Client
from django.utils.translation import ngettext, override
from pytest_django import Settings as SettingsOfTest

from accounts.models import User
from reviews import blocking
from reviews.filters import ReviewFilter
from reviews.models import Draft, Review, Title
from reviews.recent import recently_viewed
from reviews.views.card import CREATED, EDITED
from reviews.views.listing import context_of
from reviewsite import kept, shapes
from reviewsite.keyset import Page
from reviewsite.shapes import INDENT, MARK, NUMBER, alike, gap, wording
from tests.factories import a_member, a_rating, a_review, a_title, a_vote
from tests.html import tree
from tests.reviews.test_review_page import CURSOR, MASKED
from tests.surfaces import LONG_BODY, a_poster, see_also_of

NASTY = [
    "<script>alert(\"1\")</script> & 'quoted' &amp; &lt;",
    "{{ review.body }} {% live 'votes' %} {# not a comment #} %(name)s {0}",
    f"{MARK}votes{MARK} {gap('headline')} {NUMBER} {MARK}",
    f"{CREATED:%Y-%m-%d} 28 December 9871, {EDITED:%Y-%m-%d}",
    "שלום עולם \u202e dlrow \u202c مرحبا \u0301\u200d👩‍🚀 \U0010ffff",
    "a\\b\\1\\g<0> $1 \t tab",
]
BODIES = [
    *NASTY,
    LONG_BODY,
    "\n\n".join(NASTY),
    "A line\nand another\n   and one more.\n\n\n  A paragraph.",
    f">!{NASTY[0]}!< and >!{NASTY[2]}!<\n\n>!All of it!<",
    " ".join(f"word{n}." for n in range(400)) + " >!the end!<",
    "字" * 2000,
    "x" * 5000,
    "\n\n".join(f"Paragraph {n} has some words in it, and then some more." for n in range(300)),
]


@pytest.fixture
def title(db: None, settings: SettingsOfTest) -> Title:
    """With reviews of every kind; one of them by each reader who has one."""
    settings.REVIEWS_PER_PAGE = 40
    title = a_title(f"The <b>Lamp</b> & {MARK}", creators=NASTY[0], countries=NASTY[1], minutes=1234, poster=a_poster())
    see_also_of(title)
    for number, body in enumerate(BODIES):
        a_review(
            title, rating=number % 10 + 1, votes=2 * number, helpful=number, body=body, headline=body[:200].strip()
        )
    for spoiler in (False, True):
        a_review(title, votes=1, helpful=1, spoiler=spoiler, language="pt-BR", body=BODIES[7])
        a_review(
            title, a_member(former=True), spoiler=spoiler, votes=3, edited=datetime(2020, 5, 1, 23, 59, tzinfo=UTC)
        )
    a_review(title, a_member("o.o+o@o_-", name=NASTY[0][:100]), votes=1, helpful=1, votes_before_edit=1)
    a_review(title, a_member("wide", name=NASTY[4][:100]), votes=12_345, helpful=1_234, votes_before_edit=2_345)
    return title


@pytest.fixture
def readers(title: Title) -> dict[str, Client]:
    other = Review.objects.filter(title=title).latest("votes")
    until = datetime.now(UTC) + timedelta(days=3)
    members = {
        "reader": a_member("reader", name="R. <i>"),
        "author": a_member("author", spoilers=User.Spoilers.REVIEWED),
        "author of spoilers": a_member("folded"),
        "voter": a_member("voter", theme="dark"),
        "all open": a_member("open", spoilers=User.Spoilers.OPEN),
        "before rating": a_member("shy", hides_figures=True),
        "after rating": a_member("bold", hides_figures=True),
        "suspended": a_member("suspended", suspended=True, suspended_until=until),
        "suspended for good": a_member("gone", suspended=True),
        "blocking": a_member("blocking"),
        "drafting": a_member("drafting"),
    }
    a_review(title, members["author"], body=BODIES[9])
    a_review(title, members["author of spoilers"], spoiler=True)
    a_vote(other, members["voter"])
    a_vote(Review.objects.filter(title=title).earliest("votes"), members["voter"], helpful=False)
    a_rating(title, members["after rating"], 3)
    blocking.block(members["blocking"], other.author)
    Draft.objects.create(member=members["drafting"], title=title, body="Well")
    clients = {"visitor": Client(), "who viewed another": Client()}
    clients["who viewed another"].get(a_title("Harbour Lights & others").get_absolute_url())
    for name, member in members.items():
        clients[name] = Client()
        clients[name].force_login(member)
    return clients


@pytest.fixture(autouse=True)
def nothing_kept() -> None:
    for shelf in (kept.texts, shapes.shapes):
        shelf.clear()


def compared(client: Client, address: str, part: str = "") -> None:
    """Is the answer what Django makes of the page's template?"""
    answer = client.get(address, headers={"HX-Request": "true"} if part else {})
    assert answer.status_code == 200
    assert normal(answer.content.decode()) == normal(plain(answer.wsgi_request, part))


def normal(page: str) -> str:
    """Without what differs from answer to answer, and how often an address within an address is quoted."""
    return INDENT.sub("\n", CURSOR.sub("", MASKED.sub("", page))).replace("%25", "%")


def plain(request: Any, part: str) -> str:
    found, viewer = ReviewFilter(request.GET, queryset=Review.objects.public()), request.user
    slug = request.resolver_match.kwargs["slug"]
    title = Title.objects.with_see_also_counts().with_own(viewer).get(slug=slug)
    reviews = found.qs.filter(title=title).with_author().with_vote_of(viewer).with_block_of(viewer)
    rows = list(found.order.arrange(reviews))
    begin = found.cursor.shown if found.cursor else 0
    shown = rows[begin : begin + settings.REVIEWS_PER_PAGE]
    end = begin + len(shown)
    page = Page(shown, end, "later" if len(rows) > end else "", first=not begin)
    context = {"title": title, "tab": "reviews", **context_of(title, found, page)}
    context["recent"] = recently_viewed(request, besides=title.pk)
    template: Any = get_template(f"reviews/title_reviews.html{part}")
    return str(template.render(context, request))


ADDRESSES = [
    "",
    "?sort=votes",
    "?sort=date&dir=asc&spoilers=hide",
    "?rating=8",
    "?rating=10&spoilers=hide&sort=helpful",
    "?sort=%22%3C%3E&x=%27&nobody=knows&rating=11",
]


@pytest.mark.parametrize("query", ADDRESSES)
def test_the_page_is_what_django_renders_for_every_reader(readers: dict[str, Client], title: Title, query: str) -> None:
    for client in readers.values():
        for part in ("", "#results", ""):
            compared(client, f"/title/{title.slug}/reviews/{query}", part)


def test_so_is_every_later_page(readers: dict[str, Client], title: Title, settings: SettingsOfTest) -> None:
    settings.REVIEWS_PER_PAGE = 10
    for name in ("visitor", "author", "voter"):
        address = f"/title/{title.slug}/reviews/?sort=date"
        pages = 1
        while more := tree(readers[name].get(address)).all("a", rel="next"):
            address = more[0].attrs["href"]
            pages += 1
            for part in ("", "#more"):
                compared(readers[name], address, part)
        assert pages == 3


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"year": None, "minutes": 1},
        {"kind": "book", "creators": "Ida Holm", "minutes": 61},
        {"name": "Ærø og 東京", "kind": "series"},
        {"name": "L'été & <la> nuit, " * 10, "countries": "Denmark", "year": 7},
    ],
)
@pytest.mark.parametrize("reviews", [0, 1, 2])
def test_so_is_the_page_of_any_title(client: Client, db: None, fields: dict[str, Any], reviews: int) -> None:
    title = a_title(**fields)
    for number in range(reviews):
        a_review(title, rating=number + 1 if reviews == 1 else None, spoiler=bool(number))
    for query in ("", "?rating=1", "?rating=2", "?spoilers=hide", "?rating=1&spoilers=hide"):
        for part in ("", "#results"):
            compared(client, f"/title/{title.slug}/reviews/{query}", part)


@pytest.mark.parametrize("language", ["en", "de"])
def test_so_is_that_of_a_title_with_counts_of_every_length(client: Client, title: Title, language: str) -> None:
    counts = [0, 0, 1, 999, 1000, 1234, 98_765, 123_456, 12_345_678, 123_456_789, 2]
    Title.objects.filter(pk=title.pk).update(open_counts=counts)
    with override(language):
        for query in ("", "?rating=6"):
            compared(client, f"/title/{title.slug}/reviews/{query}")


@pytest.mark.parametrize("language", ["pl", "ar", "zh-hans", "fr"])
def test_so_is_the_page_in_any_language(readers: dict[str, Client], title: Title, language: str) -> None:
    with override(language):
        for name in ("visitor", "author", "voter", "suspended"):
            compared(readers[name], f"/title/{title.slug}/reviews/")


def test_titles_that_look_alike_share_their_shapes_and_nothing_else(client: Client, db: None) -> None:
    first, other = (a_title(name, creators=f"{name} & Co") for name in ("The Lamplighter", "Harbour Lights"))
    for title in (first, other):
        a_review(title, a_member(name=f"Author of {title.name}"), rating=8, headline=f"On {title.name}", votes=4)
    client.get(f"/title/{first.slug}/reviews/")
    shelf = shapes.shapes
    made = {*shelf._once, *shelf._again}
    held = repr((shelf._once, shelf._again))
    assert "Was this review helpful?" in held
    assert not [words for words in ("Lamplighter", "lamplighter", "Author of", first.slug) if words in held]
    compared(client, f"/title/{other.slug}/reviews/")
    assert {*shelf._once, *shelf._again} == made


@pytest.mark.parametrize("language", ["en", "pl", "ar", "fr", "ja", "cy"])
def test_numbers_of_the_same_wording_take_the_same_words_in_any_language(language: str) -> None:
    words: dict[Any, set[str]] = {}
    with override(language):
        for number in (*range(230), 1000, 1001, 1_000_000, 2_000_000):
            text = ngettext("%(num)d year", "%(num)d years", number)
            assert ngettext("%(num)d year", "%(num)d years", alike(number, "shown")) == text
            words.setdefault(wording(number, language), set()).add(text)
    assert [texts for texts in words.values() if len(texts) > 1] == []


def test_a_number_that_stands_in_is_printed_as_a_gap_however_it_is_formatted() -> None:
    words = (
        "{% blocktranslate count c=n with s=n|intcomma %}{{ s }} vote{% plural %}{{ s }} votes{% endblocktranslate %}"
    )
    template = Engine.get_default().from_string("{% load humanize i18n %}{{ n }}{{ n|intcomma }}" + words)
    assert template.render(Context({"n": alike(1234, "n")})) == f"{gap('n') * 3} votes"
    assert template.render(Context({"n": alike(1, "n")})) == f"{gap('n') * 3} vote"
