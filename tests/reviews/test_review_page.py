"""The first page of a title's reviews is never older than the request, whatever was kept of it, and costs little.

Every change that can be seen is made while two processes keep the page for all kinds of readers; then each of them must
show what one shows that keeps nothing.
"""

import gzip
import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import brotli  # type: ignore[import-untyped]
import pytest
from django.core.management import call_command
from django.db import transaction
from django.template.loader import get_template
from django.test import Client
from pytest_django import Settings

from accounts.models import User
from reviews import blocking, voting, writing
from reviews.drafting import Text
from reviews.leaving import leave
from reviews.locks import lock_author
from reviews.models import Draft, Review, Title
from reviews.models.reviews import SEEN_ON_THE_CARD
from reviews.views import review_page
from reviewsite import conditional, kept, shapes
from reviewsite.kept import Shelf
from tests.factories import PASSWORD, a_member, a_rating, a_review, a_title, a_vote
from tests.reviews.import_rows import a_file, a_row, jsonl
from tests.statements import statements
from tests.surfaces import LONG_BODY, a_poster, see_also_of

MASKED = re.compile(r'name="csrfmiddlewaretoken" value="[^"]*"')
# The place is the same for all; since when votes count as later ones differs with the moment of asking.
CURSOR = re.compile(r"after=[\w-]+")


class Browser(Client):
    """Keeps pages, and asks whether they still hold."""

    def __init__(self) -> None:
        super().__init__()
        self.kept: dict[str, Any] = {}

    def get(self, path: str, *_: Any, **__: Any) -> Any:  # type: ignore[override]
        kept = self.kept.get(path)
        answer = super().get(path, headers={"If-None-Match": kept["ETag"]} if kept else {})
        if answer.status_code == 304:
            return kept
        if "ETag" in answer:
            self.kept[path] = answer
        return answer


class Process:
    """What one process of the site keeps."""

    def __init__(self) -> None:
        self.shelves: dict[tuple[Any, str], Shelf[Any]] = {
            (module, name): Shelf(getattr(module, name).size)
            for module, name in (
                (kept, "texts"),
                (shapes, "shapes"),
                (conditional, "known"),
                *((review_page, name) for name in ("standings", "wholes", "put_together")),
            )
        }

    @contextmanager
    def serving(self) -> Iterator[None]:
        with pytest.MonkeyPatch.context() as patch:
            for (module, name), shelf in self.shelves.items():
                patch.setattr(module, name, shelf)
            yield


@dataclass
class Site:
    title: Title
    author: User
    voter: User
    review: Review
    other: Review
    withdrawn: Review
    folder: Path
    readers: dict[str, Client] = field(default_factory=dict)

    @property
    def address(self) -> str:
        return f"/title/{self.title.slug}/reviews/"

    def pages(self, process: Process) -> dict[tuple[str, str], str]:
        """The page as each reader sees it, in several orders."""
        with process.serving():
            return {
                (name, query): self.page(client, query)
                for name, client in self.readers.items()
                for query in ("", "?sort=votes", "?sort=date&dir=asc&spoilers=hide", "?rating=8")
            }

    def page(self, client: Client, query: str) -> str:
        answer = client.get(self.address + query)
        assert answer.status_code == 200
        return CURSOR.sub("", MASKED.sub("", answer.content.decode()))


@pytest.fixture
def site(transactional_db: None, tmp_path: Path, settings: Settings) -> Site:
    settings.REVIEWS_PER_PAGE = 3
    title = a_title("The Lamplighter", poster=a_poster())
    see_also_of(title)
    author, voter = a_member("author", name="Åse Ærlig"), a_member("voter")
    call_command("import_reviews", a_file(tmp_path, jsonl([a_row(id="r1")])))
    review = a_review(title, author, rating=8, helpful=5, votes=6, body=LONG_BODY, headline="A slow burn")
    other = a_review(title, rating=4, spoiler=True, helpful=3, votes=4)
    withdrawn = a_review(title, rating=8, headline="Not here")
    writing.delete(withdrawn)
    a_vote(other, voter)
    a_review(title, helpful=1, votes=9)
    a_review(title, votes=2, body="Go. >!The dog lives.!< Really.")
    members = {"author": author, "voter": voter, "reader": a_member("reader"), "dark": a_member("dark", theme="dark")}
    members["open"] = a_member("open", spoilers=User.Spoilers.REVIEWED)
    members["shy"] = a_member("shy", hides_figures=True)
    site = Site(title, author, voter, review, other, withdrawn, tmp_path)
    site.readers = {"visitor": Client(), "who_has_it": Browser(), "reader_of_much": Client()}
    site.readers["reader_of_much"].get(f"/title/{a_title('Harbour Lights').slug}/")
    for name, member in members.items():
        site.readers[name] = Client()
        site.readers[name].force_login(member)
    return site


def edit(site: Site, **changes: Any) -> None:
    words = Text.of(site.review)
    seen = {"headline": words.headline, "body": words.body, "rating": words.rating, "spoiler": words.spoiler}
    with transaction.atomic():
        lock_author(site.author.pk)
        writing._edit(site.review.pk, Text(**{**seen, **changes}))


def to_state(state: str) -> Callable[[Site], object]:
    def change(site: Site) -> None:
        with transaction.atomic():
            lock_author(site.author.pk)
            Review.objects.filter(pk=site.review.pk).update(state=state)

    return change


def saved(thing: Any, **values: Any) -> None:
    for name, value in values.items():
        setattr(thing, name, value)
    thing.save(update_fields=list(values))


def member(name: str) -> User:
    return User.objects.get(username=name)


CHANGES: dict[str, Callable[[Site], object]] = {
    "a vote": lambda site: voting.cast(site.voter, site.review.pk, helpful=True),
    "a vote changed": lambda site: voting.cast(site.voter, site.other.pk, helpful=False),
    "a vote taken back": lambda site: voting.withdraw(site.voter, site.other.pk),
    "votes that change the order": lambda site: [a_vote(site.other) for _ in range(6)],
    "a vote on another page": lambda site: a_vote(Review.objects.filter(title=site.title).earliest("featured")),
    "text edited": lambda site: edit(site, body=LONG_BODY + " And on."),
    "headline edited": lambda site: edit(site, headline="A slower burn"),
    "marked as a spoiler": lambda site: edit(site, spoiler=True),
    "hidden": to_state("hidden"),
    "held": to_state("held"),
    "deleted": lambda site: writing.delete(site.review),
    "restored": lambda site: writing.restore(site.withdrawn),
    "gone from the database": lambda site: site.review.delete(),
    "a new review": lambda site: a_review(site.title, site.voter, rating=10, helpful=9, votes=9),
    "a rating changed": lambda site: writing.rate(site.author, site.title, 2),
    "a rating taken back": lambda site: writing.rate(site.author, site.title, None),
    "a rating without a review": lambda site: a_rating(site.title, site.voter, 1),
    "a reader's own rating": lambda site: writing.rate(member("shy"), site.title, 7),
    "an author renamed": lambda site: saved(site.author, name="Åse Ærligst"),
    "an author's address": lambda site: saved(site.author, username="ærlig"),
    "an author left, reviews kept": lambda site: leave(member("author"), keep_reviews=True),
    "an author left with the reviews": lambda site: leave(site.other.author, keep_reviews=False),
    "an author blocked": lambda site: blocking.block(site.voter, site.author),
    "a draft begun": lambda site: Draft.objects.create(member=site.voter, title=site.title, body="Well"),
    "a review of one's own": lambda site: a_review(site.title, member("open")),
    "a setting": lambda site: saved(member("reader"), spoilers=User.Spoilers.OPEN),
    "a reader's name": lambda site: saved(member("reader"), name="Somebody else"),
    "the title renamed": lambda site: saved(site.title, name="The Lamplighters"),
    "the title's year": lambda site: saved(site.title, year=1975),
    "another poster": lambda site: saved(site.title, poster=a_poster("#102030")),
    "an award": lambda site: site.title.awards.create(organisation="The Wick", award="Best Wick", year=1975),
    "a question changed": lambda site: site.title.faq_entries.all().delete(),
    "a critic's review": lambda site: site.title.critic_reviews.create(publication="The Wax"),
    "an external review": lambda site: site.title.external_reviews.all().delete(),
    "another title viewed": lambda site: site.readers["visitor"].get(f"/title/{a_title('Embers').slug}/"),
    "an import that edits": lambda site: call_command(
        "import_reviews", a_file(site.folder, jsonl([a_row(id="r1", headline="Worse by daylight", votes=40)]))
    ),
    "an import that adds": lambda site: call_command(
        "import_reviews", a_file(site.folder, jsonl([a_row(id="r2", author="Per", helpful=7, votes=7)]))
    ),
    "deleted and made anew under the same address": lambda site: (
        site.title.delete(),
        a_review(a_title("The Lamplighter"), headline="All is new"),
    ),
}


@pytest.mark.parametrize("name", CHANGES)
def test_after_any_change_every_process_shows_what_one_shows_that_kept_nothing(site: Site, name: str) -> None:
    processes = [Process(), Process()]
    before = [site.pages(process) for process in processes]
    assert before[0] == before[1] == site.pages(processes[0])
    CHANGES[name](site)
    if name.startswith("an author left"):
        site.readers.pop("author")
    now = site.pages(Process())
    assert any(before[0][key] != page for key, page in now.items()) or name == "a vote on another page"
    for process in processes:
        for _ in range(2):
            for key, page in site.pages(process).items():
                assert page == now[key], key


def test_every_column_of_a_review_is_either_seen_on_its_card_or_known_not_to_be() -> None:
    counted = {"helpful", "votes", "votes_before_edit"}
    places = {"featured", "wilson", "length", "author_reviews"}
    # A moderator's fold shows as the spoiler mark that it sets.
    unseen = {"id", "look", "folded", "deleted", "state_before", "imported_helpful", "imported_votes", "source_id"}
    columns = {field.column for field in Review._meta.concrete_fields}
    assert columns == set(SEEN_ON_THE_CARD) | counted | places | unseen


def test_nothing_kept_names_a_reader_or_holds_a_token(site: Site) -> None:
    process = Process()
    for name in ("reader", "voter"):
        saved(member(name), name=f"The private name of {name}")
    who_has_it = site.readers["who_has_it"]
    who_has_it.cookies["csrftoken"] = "t0ken" * 6
    for _ in range(3):
        site.pages(process)
    assert process.shelves[conditional, "known"].used
    held = repr([(shelf._once, shelf._again) for shelf in process.shelves.values()])
    assert "A slow burn" in held
    assert "The private name" not in held
    assert "/user/reader/" not in held
    tokens = {client.cookies["csrftoken"].value for client in site.readers.values() if "csrftoken" in client.cookies}
    assert tokens
    assert not [token for token in tokens if token in held]
    assert 'name="csrfmiddlewaretoken" value="' in site.readers["reader"].get(site.address).content.decode()


def test_a_shelf_keeps_what_was_used_last_and_no_more_than_it_holds() -> None:
    shelf = Shelf[str](100)
    for key in "abc":
        shelf.put(key, key.upper(), 30)
    assert shelf.get("a") == "A"
    shelf.put("d", "D", 30)
    assert shelf.get("b") is None
    assert [shelf.get(key) for key in "acd"] == ["A", "C", "D"]
    shelf.put("d", "d", 90)
    assert shelf.get("d") == "d"
    assert shelf.used == 90
    shelf.put("e", "E", 101)
    shelf.drop("d")
    assert (shelf.get("d"), shelf.get("e"), shelf.used) == (None, None, 0)


def test_who_looks_at_everything_once_has_nothing_forgotten_that_others_come_back_for() -> None:
    shelf = Shelf[int](100)
    hot = range(7)
    for _ in range(2):
        for key in hot:
            if shelf.get(key) is None:
                shelf.put(key, key, 10)
    for key in range(100, 300):
        assert shelf.get(key) is None
        shelf.put(key, key, 10)
        assert shelf.used <= shelf.size
    assert [shelf.get(key) for key in hot] == list(hot)
    # What becomes hot later has its place too, and what is made anew keeps it.
    later = range(300, 305)
    for key in later:
        shelf.put(key, key, 10)
        assert shelf.get(key) == key
    shelf.put(300, -300, 10)
    for key in range(100, 300):
        shelf.put(key, key, 10)
    assert [shelf.get(key) for key in later] == [-300, *later[1:]]
    shelf.clear()
    assert (shelf.used, shelf.get(300)) == (0, None)


# What comes back


def test_who_has_the_page_already_is_told_so_until_it_changes(site: Site) -> None:
    client = Client()
    first = client.get(site.address)
    again = client.get(site.address, headers={"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert again["ETag"] == first["ETag"]
    a_vote(site.review)
    changed = client.get(site.address, headers={"If-None-Match": first["ETag"]})
    assert changed.status_code == 200
    assert changed["ETag"] != first["ETag"]


def test_whether_it_holds_is_asked_of_nothing_but_the_database(site: Site) -> None:
    client = Client()
    tag = client.get(site.address)["ETag"]
    hears = {"If-None-Match": tag}
    assert hasattr(client.get(site.address, headers=hears).wsgi_request, "session"), "the view says how to find out"
    with statements() as asked:
        again = client.get(site.address, headers=hears)
    assert (again.status_code, again["ETag"], len(asked)) == (304, tag, 1)
    assert not hasattr(again.wsgi_request, "session")
    assert again["Vary"] == "HX-Request, Cookie, Accept-Encoding"
    for other in ({"If-None-Match": '"another"'}, {**hears, "HX-Request": "true"}, {**hears, "Accept-Encoding": "br"}):
        assert client.get(site.address, headers=other).status_code == 200
    assert client.get(f"{site.address}?sort=votes", headers=hears).status_code == 200
    a_vote(site.review)
    assert client.get(site.address, headers=hears).status_code == 200
    site.title.delete()
    assert client.get(site.address, headers=hears).status_code == 404


def test_with_a_session_or_an_unknown_host_it_is_asked_of_the_view(site: Site) -> None:
    client = Client()
    hears = {"If-None-Match": client.get(site.address)["ETag"]}
    for _ in range(2):
        assert client.get(site.address, headers=hears).status_code == 304
        assert client.get(site.address, headers={**hears, "Host": "elsewhere.example"}).status_code == 400
    client.cookies["sessionid"] = "of somebody"
    for _ in range(2):
        answer = client.get(site.address, headers=hears)
        assert answer.status_code == 304
        assert hasattr(answer.wsgi_request, "session")
    site.readers["reader"].get(site.address)
    assert site.readers["reader"].get(site.address, headers=hears).status_code == 200


def test_who_has_the_page_of_one_process_is_told_so_by_all(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    with Process().serving():
        first = Client().get(site.address)
    a_vote(site.review)
    voting.withdraw(User.objects.latest("pk"), site.review.pk)
    with Process().serving():
        again = Client().get(site.address, headers={"If-None-Match": first["ETag"]})
        assert again.status_code == 304
        assert CURSOR.findall(Client().get(site.address).content.decode()) != CURSOR.findall(first.content.decode())
    tomorrow = time.time() + 24 * 60 * 60
    monkeypatch.setattr(time, "time", lambda: tomorrow)
    with Process().serving():
        later = Client().get(site.address, headers={"If-None-Match": first["ETag"]})
    assert later.status_code == 200, "the snapshot to go on from is too old"


def test_a_vote_on_a_review_of_another_page_changes_nothing_here(site: Site) -> None:
    for name in ("visitor", "reader"):
        first = site.readers[name].get(site.address)
        shown = re.findall(r'id="review-(\d+)"', first.content.decode())
        elsewhere = Review.objects.public().filter(title=site.title).exclude(pk__in=shown).first()
        assert elsewhere
        a_vote(elsewhere)
        again = site.readers[name].get(site.address, headers={"If-None-Match": first.get("ETag", "")})
        assert again.status_code == (304 if name == "visitor" else 200)
        if name == "reader":
            assert MASKED.sub("", again.content.decode()) == MASKED.sub("", first.content.decode()), "the cursor too"


def test_what_changes_again_and_again_is_read_without_asking_first_whether_it_changed(site: Site) -> None:
    client, costs = site.readers["visitor"], []

    def ask() -> None:
        with statements() as asked:
            page = client.get(site.address).content.decode()
        costs.append(len(asked))
        site.review.refresh_from_db()
        assert f"{site.review.helpful} out of {site.review.votes}" in page

    with Process().serving():
        ask()
        for _ in range(3):
            a_vote(site.review)
            ask()
        ask()
        ask()
        a_vote(site.review)
        ask()
    # Once the texts are read again too: of a page that was asked for once no cards are kept.
    assert costs == [1, 3, 1, 1, 1, 1, 2]


def test_the_page_comes_in_the_encoding_that_the_browser_reads(site: Site) -> None:
    with Process().serving():
        plain = Client().get(site.address).content
        for accepted, read in (("gzip, deflate, br", brotli.decompress), ("gzip", gzip.decompress)):
            for client in (Client(), site.readers["reader"]):
                answer = client.get(site.address, headers={"Accept-Encoding": accepted})
                assert answer["Content-Encoding"] in accepted
                assert "Accept-Encoding" in answer["Vary"]
                assert "Cookie" in answer["Vary"]
                text = read(answer.content)
                assert b"A slow burn" in text
                if "_auth_user_id" not in client.session:
                    assert text == plain


def test_a_members_page_is_not_taken_for_a_visitors_and_has_no_tag(site: Site) -> None:
    visitor = Client().get(site.address)
    own = site.readers["reader"].get(site.address, headers={"If-None-Match": visitor["ETag"]})
    assert own.status_code == 200
    assert "ETag" not in own


# What it costs


def queries(client: Client, address: str) -> int:
    with statements() as asked:
        assert client.get(address).status_code == 200
    return len(asked)


def test_a_warm_page_takes_one_query_for_visitors_and_three_for_members(site: Site) -> None:
    for name, most in (("visitor", 1), ("reader_of_much", 1), ("reader", 3), ("voter", 3)):
        client = site.readers[name]
        client.get(site.address)
        assert queries(client, site.address) == most, name


def test_a_page_of_which_nothing_is_kept_takes_one_query(site: Site) -> None:
    for name, most in (("visitor", 1), ("reader", 4)):
        for query, more in (("", 0), ("?sort=votes", 2)):
            with Process().serving():
                assert queries(site.readers[name], site.address + query) == most + more, (name, query)


def test_for_a_vote_nothing_is_rendered_anew(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    client = site.readers["visitor"]
    client.get(site.address)
    a_vote(site.review)
    rendered: list[str] = []

    def find(name: str) -> Any:
        rendered.append(name)
        return get_template(name)

    monkeypatch.setattr(shapes, "get_template", find)
    client.get(site.address)
    assert "6 out of 7" in client.get(site.address).content.decode()
    assert rendered == []


def test_what_stands_there_is_kept_for_an_hour_at_most(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    client = site.readers["visitor"]
    client.get(site.address)
    assert queries(client, site.address) == 1
    later = time.monotonic() + review_page.LONGEST_KEPT + 1
    monkeypatch.setattr(time, "monotonic", lambda: later)
    with statements() as asked:
        client.get(site.address)
    assert ["WITH title" in sql for sql in asked] == [True]


def test_who_signed_in_is_read_with_the_session(site: Site) -> None:
    client = Client()
    client.post("/accounts/login/", {"login": "reader", "password": PASSWORD})
    client.get(site.address)
    assert queries(client, site.address) == 2
