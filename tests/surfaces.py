"""Every address of the site, and a site with something on every page.

Tests that sweep over all pages take them from here, and fail on an address that is not listed.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from io import BytesIO
from typing import TYPE_CHECKING

from django.urls import URLPattern, URLResolver, get_resolver, reverse

from tests.factories import a_case, a_decision_on, a_member, a_rating, a_review, a_title

if TYPE_CHECKING:
    from accounts.models import User
    from reviews.models import Act, Case, Poster, Review, Title

# Whole branches of others' making, told apart by where they begin.
ALLAUTH, ADMIN = "accounts/", "admin/"


def patterns(branch: URLResolver | None = None, before: str = "") -> Iterator[tuple[str, URLPattern]]:
    """Every address as it is written in the urls modules, with its pattern."""
    for entry in (branch or get_resolver()).url_patterns:
        route = before + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from patterns(entry, route)
        else:
            yield route, entry


def own_names() -> set[str]:
    """The names of the site's own addresses: all but those of the accounts and the admin."""
    found = {pattern.name for route, pattern in patterns() if not route.startswith((ALLAUTH, ADMIN))}
    assert None not in found, "an address of the site has no name"
    return {str(name) for name in found}


@dataclass(frozen=True)
class FilledSite:
    """A site where no page is empty: the title has a poster, all kinds of reviews, awards and the rest."""

    title: "Title"
    author: "User"
    review: "Review"
    spoiler: "Review"
    poster: "Poster"
    act: "Act"
    """Decided about the author of the reviews."""


def a_poster(colour: str = "#803020", *, digest: str = "") -> "Poster":
    from PIL import Image

    from reviews.models import Poster

    def picture(size: tuple[int, int]) -> bytes:
        out = BytesIO()
        Image.new("RGB", size, colour).save(out, "WEBP")
        return out.getvalue()

    digest = digest or colour.lstrip("#").rjust(32, "0")
    return Poster.objects.create(digest=digest, large=picture((480, 720)), small=picture((216, 324)))


def see_also_of(title: "Title") -> None:
    """Awards, questions, links and critics of a title."""
    from reviews.models import Award, CriticReview, ExternalReview, FaqEntry

    Award.objects.create(
        title=title, year=1975, organisation="The Lantern Prize", award="Best Light", recipient="Ida Holm"
    )
    Award.objects.create(title=title, year=1975, organisation="The Lantern Prize", award="Best Dark", won=False)
    FaqEntry.objects.create(title=title, question="Is there a scene after the credits?", answer="No.", position=1)
    FaqEntry.objects.create(
        title=title, question="Who put out the lamps?", answer="SECRETANSWER the wind.", spoiler=True, position=2
    )
    ExternalReview.objects.create(title=title, source="The Wick", url="https://wick.example/lamps", language="en")
    CriticReview.objects.create(
        title=title,
        publication="The Snuffer",
        critic="Per Lund",
        year=1974,
        score=81,
        summary="It glows.",
        url="https://snuffer.example/",
    )
    CriticReview.objects.create(title=title, publication="Ember Weekly", score=60)


LONG_BODY = "\n\n".join(
    f"Part {part}. The lamplighter walks the length of the harbour, and the camera walks with him, never ahead. "
    "Nothing is explained, and little has to be: his coat says what the year was, his limp what it cost. "
    "When he stops at the last lamp, the film stops too, for longer than one would dare to ask of anybody."
    for part in range(1, 7)
)


def acts_of_moderation(title: "Title") -> None:
    """One of every kind, with rules, reasons and an appeal that was answered."""
    from reviews.models import Act, Rule

    rules = list(Rule.objects.all())
    for place, kind in enumerate(Act.Kind.values):
        Act.objects.create(
            kind=kind,
            title=title,
            rule=rules[place % len(rules)],
            reason="Tells who put out the lamps. >!SECRETREASON the wind.!< Not here.",
            case_number=1 + place // 4,
            reports=place % 3,
            votes=12 if kind == Act.Kind.HOLD_VOTES else 0,
            by=Act.By.VOTES if kind == Act.Kind.HOLD_VOTES else Act.By.MODERATOR,
            waited=timedelta(hours=place + 1),
        )
    hidden = Act.objects.get(kind=Act.Kind.HIDE, title=title)
    Act.objects.create(kind=Act.Kind.RESTORE, title=title, case_number=1, answers=hidden, overturns=True)


def a_filled_site() -> FilledSite:
    from reviews.models import Genre

    poster = a_poster()
    title = a_title(
        "The Lamplighter",
        original_title="Lygtetænderen",
        creators="Ida Holm",
        countries="Denmark",
        minutes=1234,
        synopsis="A man lights lamps.\n\nThen he stops.",
        poster=poster,
    )
    title.genres.add(Genre.objects.get_or_create(name="Drama")[0], Genre.objects.get_or_create(name="Crime")[0])
    see_also_of(title)
    author = a_member("author", name="Åse Ærlig", email="ase@private.example")
    review = a_review(
        title,
        author,
        rating=8,
        helpful=1054,
        votes=1062,
        headline="A slow burn",
        body=LONG_BODY,
        language="en",
        created=datetime(2005, 1, 6, 23, 30, tzinfo=UTC),
    )
    spoiler = a_review(title, rating=4, spoiler=True, headline="All goes dark", body="SECRETBODY he blows them out.")
    a_review(title, headline="No figure from me", body="Words are enough. >!SECRETPASSAGE the dog lives.!< Go and see.")
    a_rating(title, value=10)
    other = a_title("Harbour Lights", year=None, poster=poster)
    a_review(other, author, rating=6)
    a_title("Nothing Here", kind="book")
    acts_of_moderation(other)
    decided = a_decision_on(a_review(author=author))
    return FilledSite(title, author, review, spoiler, poster, decided)


def a_case_of(site: FilledSite) -> "Case":
    """The open case of the site's review."""
    return site.review.cases.filter(closed=None).first() or a_case(site.review, words="He calls them names.")


# How to reach a filled page of each of the site's addresses for readers, by the address's name.
READING: dict[str, Callable[[FilledSite], str]] = {
    "home": lambda site: reverse("home"),
    "titles": lambda site: reverse("titles"),
    "title": lambda site: reverse("title", args=[site.title.slug]),
    "title_reviews": lambda site: reverse("title_reviews", args=[site.title.slug]),
    "title_ratings": lambda site: reverse("title_ratings", args=[site.title.slug]),
    "title_critic_reviews": lambda site: reverse("title_critic_reviews", args=[site.title.slug]),
    "title_external_reviews": lambda site: reverse("title_external_reviews", args=[site.title.slug]),
    "title_awards": lambda site: reverse("title_awards", args=[site.title.slug]),
    "title_faq": lambda site: reverse("title_faq", args=[site.title.slug]),
    "review": lambda site: reverse("review", args=[site.review.pk]),
    "history": lambda site: reverse("history", args=[site.review.pk]),
    "newest_reviews": lambda site: reverse("newest_reviews"),
    "member": lambda site: reverse("member", args=[site.author.username]),
    "reported": lambda site: reverse("reported", args=[site.title.slug]),
    "ordering": lambda site: f"{reverse('ordering')}?review={site.review.pk}",
    "moderation_log": lambda site: reverse("moderation_log"),
    "moderation_figures": lambda site: reverse("moderation_figures"),
    "rules": lambda site: reverse("rules"),
    "rules_version": lambda site: reverse("rules_version", args=[1]),
    "about_reviews": lambda site: reverse("about_reviews"),
    "about": lambda site: reverse("about"),
    "privacy": lambda site: reverse("privacy"),
}
# What is read but is no page.
FILES: dict[str, Callable[[FilledSite], str]] = {
    "moderation_feed": lambda site: reverse("moderation_feed"),
    "poster": lambda site: reverse("poster", args=[site.poster.digest, "large"]),
    "health": lambda site: reverse("health"),
}
# What a member can do by a form, and a visitor is asked to sign in for: POST alone.
ACTS: dict[str, Callable[[FilledSite], str]] = {
    "vote": lambda site: reverse("vote", args=[site.review.pk]),
    "block": lambda site: reverse("block", args=[site.author.username]),
    "rate": lambda site: reverse("rate", args=[site.title.slug]),
    "preview": lambda site: reverse("preview", args=[site.title.slug]),
    "draft": lambda site: reverse("draft", args=[site.title.slug]),
    "restore": lambda site: reverse("restore", args=[site.review.pk]),
    "read_notices": lambda site: reverse("read_notices"),
    "appeal": lambda site: reverse("appeal", args=[site.act.pk]),
    "decide": lambda site: reverse("decide", args=[a_case_of(site).pk]),
}
# Forms that visitors may send too.
FORMS: dict[str, Callable[[FilledSite], str]] = {
    "report": lambda site: reverse("report", args=[site.review.pk]),
}
# Pages of what a member has in hand: a visitor is asked to sign in first.
OWN: dict[str, Callable[[FilledSite], str]] = {
    "write": lambda site: reverse("write", args=[site.title.slug]),
    "discard": lambda site: reverse("discard", args=[site.title.slug]),
    "delete": lambda site: reverse("delete", args=[site.review.pk]),
    "drafts": lambda site: reverse("drafts"),
    "notices": lambda site: reverse("notices"),
    "decision": lambda site: reverse("decision", args=[site.act.pk]),
    "suspension": lambda site: reverse("suspension"),
}
# Pages of moderators: a visitor is asked to sign in first, other members are refused.
MODERATION: dict[str, Callable[[FilledSite], str]] = {
    "queue": lambda site: reverse("queue"),
    "case": lambda site: reverse("case", args=[a_case_of(site).pk]),
}
# allauth's pages for who is not signed in; the rest of its addresses answer with redirects.
SIGN_IN = ["account_login", "account_signup", "account_reset_password", "account_reset_password_done"]


def pages(site: FilledSite) -> dict[str, str]:
    """The path of every page a visitor can read, by name; forms and those of sign-in too."""
    return {name: path(site) for name, path in {**READING, **FORMS}.items()} | {name: reverse(name) for name in SIGN_IN}
