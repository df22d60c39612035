"""The demo into the database, and out of it again."""

import io
import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from allauth.account.models import EmailAddress
from django.contrib.auth.models import Group
from django.db import models, transaction

from accounts.models import User
from reviews import posters
from reviews.counting import counting_at_rest, recount_titles
from reviews.demo import DEMO_SIGN_INS
from reviews.demo.crowd import add_ratings
from reviews.demo.posters import SLUGS, draw
from reviews.demo.reports import add_reports
from reviews.house_rules import MODERATORS
from reviews.importing.applying import NO_LIMIT
from reviews.importing.outcome import Outcome, Watcher
from reviews.importing.reviews import import_reviews
from reviews.importing.titles import import_titles
from reviews.models import Award, CriticReview, ExternalReview, FaqEntry, Genre, Poster, Rating, Review, Title, Vote
from reviews.sql import execute

FOLDER = Path(__file__).parent

SEE_ALSO: dict[str, type[models.Model]] = {
    "awards": Award,
    "faq": FaqEntry,
    "external_reviews": ExternalReview,
    "critic_reviews": CriticReview,
}

GROUPS = {"demo-moderator": MODERATORS}
BACK_OFFICE = "demo-admin"
# Long enough ago that reports of the three weigh enough to take a review out of sight.
JOINED = datetime(2021, 3, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Film:
    """A film of the demo, as its file tells it; `slug` is the name of its files and of its poster."""

    slug: str
    facts: dict[str, Any]

    @property
    def titles_file(self) -> str:
        return str(FOLDER / "titles" / f"{self.slug}.jsonl")

    @property
    def reviews_file(self) -> str:
        return str(FOLDER / "reviews" / f"{self.slug}.jsonl")

    def titles(self) -> models.QuerySet[Title]:
        """The film in the database, or nothing."""
        return Title.objects.filter(name=self.facts["title"], year=self.facts["year"], kind=self.facts["kind"])


def films() -> list[Film]:
    files = sorted((FOLDER / "titles").glob("*.jsonl"))
    return [Film(file.stem, json.loads(file.read_text("utf-8"))) for file in files]


def load(say: Callable[[str], object]) -> tuple[Outcome, Outcome]:
    """Load what is not there yet, in one transaction: what was done about titles, and about reviews.

    Where others have written about a film, the demo's reviews of it stay away.
    """
    everything = films()
    # Drawn before the transaction, which should be short.
    drawings = {film.slug: picture(film.slug) for film in everything if film.slug in SLUGS and lacks_poster(film)}
    with transaction.atomic():
        files = [film.titles_file for film in everything]
        titles = import_titles(files, also_known=tuple(SEE_ALSO), watcher=Watcher(say))
        for film in everything:
            title = film.titles().get()
            add_see_also(title, film.facts)
            if film.slug in drawings:
                film.titles().update(poster=posters.store(posters.render(drawings[film.slug])))
        ours = [film for film in everything if not has_other_writers(film)]
        reviews = import_reviews([film.reviews_file for film in ours], demo=True, watcher=Watcher(say))
        add_ratings({title.pk for film in ours for title in film.titles()})
        for username, password, _ in DEMO_SIGN_INS:
            add_sign_in(username, password, say)
        add_reports()
    return titles, reviews


def lacks_poster(film: Film) -> bool:
    return not film.titles().filter(poster__isnull=False).exists()


def picture(slug: str) -> bytes:
    file = io.BytesIO()
    draw(slug).save(file, "PNG")
    return file.getvalue()


def has_other_writers(film: Film) -> bool:
    return Review.objects.filter(title__in=film.titles(), author__is_demo=False).exists()


def add_see_also(title: Title, facts: dict[str, Any]) -> None:
    """The film's awards, questions and reviews elsewhere; a page that has entries is left as it is."""
    for field, model in SEE_ALSO.items():
        if model._default_manager.filter(title=title).exists():
            continue
        model._default_manager.bulk_create(
            model(title=title, **entry, **({"position": place} if model is FaqEntry else {}))
            for place, entry in enumerate(facts.get(field, []))
        )


def add_sign_in(username: str, password: str, say: Callable[[str], object]) -> None:
    """An account with a printed password, which only a demo accepts. Somebody's own account of that name is let be."""
    name, email = username.replace("-", " ").capitalize(), f"{username}@demo.invalid"
    user, created = User.objects.get_or_create(
        username=username, defaults={"name": name, "email": email, "is_demo": True, "date_joined": JOINED}
    )
    if not created:
        if not user.is_demo:
            say(f"The member {username} is not of the demo and stays as it is.")
        return
    user.set_password(password)
    user.is_staff = user.is_superuser = username == BACK_OFFICE
    user.save(update_fields=["password", "is_staff", "is_superuser"])
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    if username in GROUPS:
        user.groups.add(Group.objects.get_or_create(name=GROUPS[username])[0])


@transaction.atomic
def remove() -> tuple[int, int]:
    """Take the demo away: its members with all they wrote, rated and voted, and its films.

    Films that others wrote about or rated stay. Returns how many members and how many films went.
    """
    demo = User.objects.filter(is_demo=True)
    members = demo.count()
    # Before the counting rests: reviews that stay lose the demo's votes.
    Vote.objects.filter(member__in=demo).delete()
    figures = Title.objects.filter(models.Q(reviews__author__in=demo) | models.Q(ratings__member__in=demo))
    counted = list(figures.distinct().values_list("pk", flat=True))
    with counting_at_rest():
        execute(NO_LIMIT)
        demo.delete()
        recount_titles(counted)
    ours = Title.objects.filter(pk__in=[title.pk for film in films() for title in film.titles()])
    written_about = models.Q(pk__in=Review.objects.values("title")) | models.Q(pk__in=Rating.objects.values("title"))
    going = list(ours.exclude(written_about).prefetch_related("genres"))
    Title.objects.filter(pk__in=[title.pk for title in going]).delete()
    clear_away(going)
    return members, len(going)


def clear_away(titles: Iterable[Title]) -> None:
    """Delete posters and genres that only these titles had."""
    digests = {title.poster_id for title in titles}
    Poster.objects.filter(pk__in=digests - {None}, titles__isnull=True).delete()
    genres = {genre.pk for title in titles for genre in title.genres.all()}
    Genre.objects.filter(pk__in=genres, titles__isnull=True).delete()
