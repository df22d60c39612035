"""Titles: the works that are reviewed, their posters and their figures."""

import itertools
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, ClassVar, Self

from django.contrib.auth.models import AnonymousUser
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchQuery, SearchVector
from django.db import IntegrityError, models, transaction
from django.db.models import Exists, F, GeneratedField, OuterRef, Q, Subquery
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from reviews import ranking
from reviews.models.reviews import Rating, Review
from reviews.models.see_also import see_also_counts
from reviews.models.writing import Draft
from reviewsite.texts import address, fold

if TYPE_CHECKING:
    from accounts.models import User

RATINGS = range(1, 11)
# An index entry holds some 2,700 bytes; a name of 600 letters of any script fits.
LONGEST_SEARCH_TEXT = 600
LONGEST_NAME = 300
LONGEST_CREATORS = 300
LONGEST_COUNTRIES = 200
LONGEST_GENRE = 60
YEARS = range(1, 2201)


def zeros_by_rating() -> list[int]:
    return [0] * len(RATINGS)


def zeros_by_rating_or_none() -> list[int]:
    return [0] * (len(RATINGS) + 1)


def search_text(*names: str) -> str:
    """What a title is found by: the words of its names, and of who made it, without case, accents and punctuation."""
    return " ".join(re.findall(r"[^\W_]+", fold(" ".join(names))))[:LONGEST_SEARCH_TEXT]


def slugs(name: str, year: int | None) -> Iterator[str]:
    """Addresses for a title, best first: `pusher-ii-2004`, then `pusher-ii-2004-2` and so on."""
    best = address(f"{name} {year or ''}", limit=110) or "title"
    yield best
    yield from (f"{best}-{number}" for number in itertools.count(2))


class Genre(models.Model):
    """A genre. Those whose names make one address are one: `Sci-Fi` and `sci fi`."""

    name = models.CharField(_("name"), max_length=LONGEST_GENRE, unique=True)
    slug = models.SlugField(max_length=LONGEST_GENRE, unique=True, allow_unicode=True, editable=False)

    class Meta:
        ordering = ["name"]
        verbose_name = _("genre")
        verbose_name_plural = _("genres")

    def __str__(self) -> str:
        return self.name

    def save(self, *args: object, **kwargs: object) -> None:
        if not self.slug:
            self.slug = self.address_of(self.name) or "genre"
        super().save(*args, **kwargs)  # type: ignore[arg-type]

    @staticmethod
    def address_of(name: str) -> str:
        """The address that a name makes. None: it has no letter and no digit, and no genre is called that."""
        return address(name, limit=LONGEST_GENRE)


class PosterQuerySet(models.QuerySet["Poster"]):
    def shown(self) -> Self:
        """Those that a title has."""
        return self.filter(Exists(Title.objects.filter(poster=OuterRef("pk"))))

    def taken_away(self) -> Self:
        """Those that no title has any more."""
        return self.exclude(Exists(Title.objects.filter(poster=OuterRef("pk"))))


class Poster(models.Model):
    """A poster in the two sizes the site shows, encoded by the site (`reviews/posters.py`).

    It lives in the database, a few kilobytes each, so that every web machine, replica and backup has it. `digest` is
    that of its content: the address of a poster never changes what it shows and may be kept for ever.
    """

    digest = models.CharField(max_length=32, primary_key=True)
    large = models.BinaryField(help_text=_("480 x 720 pixels, WebP"))
    small = models.BinaryField(help_text=_("216 x 324 pixels, WebP"))

    objects = PosterQuerySet.as_manager()

    class Meta:
        verbose_name = _("poster")
        verbose_name_plural = _("posters")

    def __str__(self) -> str:
        return self.digest


class TitleQuerySet(models.QuerySet["Title"]):
    def named(self, words: str) -> Self:
        """Titles in whose names or makers' names every word begins a word, whatever its case and accents."""
        beginnings = " & ".join(f"{word}:*" for word in search_text(words[:LONGEST_NAME]).split())
        if not beginnings:
            return self.none()
        query = SearchQuery(beginnings, config="simple", search_type="raw")
        return self.alias(words=SearchVector("search_text", config="simple")).filter(words=query)

    def with_see_also_counts(self) -> Self:
        """Each with the numbers of its awards, questions, external and critic reviews (`award_count` ...)."""
        return self.annotate(**see_also_counts())

    def with_own_rating(self, viewer: "User | AnonymousUser") -> Self:
        """Each with how the viewer rated it (`own_rating`), in the same query; visitors: nothing."""
        if not viewer.is_authenticated:
            return self
        return self.annotate(
            own_rating=Subquery(Rating.objects.filter(title=OuterRef("pk"), member=viewer).values("value"))
        )

    def with_own(self, viewer: "User | AnonymousUser") -> Self:
        """Each with what the viewer has here: `own_review` (its id), `own_rating`, `has_draft`; visitors: nothing."""
        if not viewer.is_authenticated:
            return self
        reviews = Review.objects.filter(title=OuterRef("pk"), author=viewer).exclude(state=Review.State.DELETED)
        return self.annotate(
            own_review=Subquery(reviews.values("pk")),
            has_draft=Exists(Draft.objects.filter(title=OuterRef("pk"), member=viewer)),
        ).with_own_rating(viewer)


class Title(models.Model):
    """A work. Its figures are kept by the database (migration `counters`), right whoever writes and however many."""

    class Kind(models.TextChoices):
        FILM = "film", _("Film")
        SERIES = "series", _("Series")
        MUSIC = "music", _("Music")
        BOOK = "book", _("Book")
        GAME = "game", _("Game")

    name = models.CharField(_("title"), max_length=LONGEST_NAME)
    year = models.SmallIntegerField(_("year"), null=True, blank=True)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind, default=Kind.FILM, db_default=Kind.FILM)
    slug = models.SlugField(_("address"), max_length=120, unique=True, allow_unicode=True, editable=False)
    original_title = models.CharField(
        _("original title"), max_length=LONGEST_NAME, blank=True, default="", db_default=""
    )
    creators = models.CharField(
        _("by"), max_length=LONGEST_CREATORS, blank=True, default="", db_default="", help_text=_("Director, author ...")
    )
    countries = models.CharField(_("countries"), max_length=LONGEST_COUNTRIES, blank=True, db_default="")
    minutes = models.PositiveIntegerField(_("running time in minutes"), null=True, blank=True)
    synopsis = models.TextField(_("synopsis"), blank=True, db_default="")
    genres = models.ManyToManyField(Genre, verbose_name=_("genres"), related_name="titles", blank=True)
    poster = models.ForeignKey(Poster, models.SET_NULL, null=True, blank=True, editable=False, related_name="titles")
    search_text = models.TextField(editable=False, db_default="")
    added = models.DateTimeField(_("added"), auto_now_add=True)

    # Ratings that count, of members who wrote and of members who only rated; [0] is how many gave a 1.
    rating_counts = ArrayField(models.IntegerField(), default=zeros_by_rating, db_default=[0] * 10, editable=False)
    rating_count = models.IntegerField(default=0, db_default=0, editable=False)
    rating_sum = models.IntegerField(default=0, db_default=0, editable=False)
    # Published reviews by their rating, those with spoilers apart; [0] is how many have none, [r] how many an r.
    open_counts = ArrayField(
        models.IntegerField(), default=zeros_by_rating_or_none, db_default=[0] * 11, editable=False
    )
    spoiler_counts = ArrayField(
        models.IntegerField(), default=zeros_by_rating_or_none, db_default=[0] * 11, editable=False
    )
    review_count = models.IntegerField(default=0, db_default=0, editable=False)
    last_reviewed = models.DateTimeField(null=True, editable=False)
    # Grows when anything on its pages changes but votes on its reviews.
    look = models.IntegerField(default=1, db_default=1, editable=False)

    mean = GeneratedField(
        expression=ranking.mean(F("rating_sum"), F("rating_count")), output_field=models.FloatField(), db_persist=True
    )
    weighted = GeneratedField(
        expression=ranking.weighted_mean(F("rating_sum"), F("rating_count")),
        output_field=models.FloatField(),
        db_persist=True,
    )

    objects: ClassVar[models.Manager["Title"]] = TitleQuerySet.as_manager()

    class Meta:
        verbose_name = _("title")
        verbose_name_plural = _("titles")
        constraints = [
            models.UniqueConstraint(
                "name",
                "year",
                "kind",
                name="title_identity",
                nulls_distinct=False,
                violation_error_message=_("There is a title of this name, year and kind already."),
            ),
            models.CheckConstraint(condition=~Q(name="") & ~Q(slug=""), name="title_has_name_and_address"),
            models.CheckConstraint(
                condition=Q(kind__in=["film", "series", "music", "book", "game"]), name="title_kind_known"
            ),
            models.CheckConstraint(
                condition=Q(year__isnull=True) | Q(year__range=(1, 2200)),
                name="title_year_in_range",
                violation_error_message=_("A year lies between 1 and 2200."),
            ),
            models.CheckConstraint(
                condition=Q(rating_count__gte=0, rating_sum__gte=F("rating_count"), review_count__gte=0)
                & Q(rating_sum__lte=F("rating_count") * 10),
                name="title_figures_possible",
            ),
        ]
        indexes = [
            models.Index(F("weighted"), F("rating_count"), F("id") * -1, name="title_by_weighted"),
            models.Index(F("review_count"), F("id") * -1, name="title_by_reviews"),
            models.Index(F("last_reviewed"), F("id") * -1, name="title_by_last_reviewed"),
            models.Index(F("search_text"), F("id") * -1, name="title_by_name"),
            models.Index(F("year"), F("id") * -1, name="title_by_year"),
            GinIndex(SearchVector("search_text", config="simple"), name="title_words"),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.year})" if self.year else self.name

    def save(self, *args: object, **kwargs: object) -> None:
        """Save it; a new title gets its address, once and for good."""
        self.search_text = search_text(self.name, self.original_title, self.creators)
        if self.slug:
            return super().save(*args, **kwargs)  # type: ignore[arg-type]
        for slug in slugs(self.name, self.year):
            if Title.objects.filter(slug=slug).exists():
                continue
            self.slug = slug
            try:
                with transaction.atomic():
                    return super().save(*args, **kwargs)  # type: ignore[arg-type]
            except IntegrityError:
                # Somebody else took the address between the look and the write; anything else is the caller's.
                if not Title.objects.filter(slug=slug).exists():
                    raise
        return None

    def get_absolute_url(self) -> str:
        return reverse("title", args=[self.slug])

    @property
    def ratings_url(self) -> str:
        return reverse("title_ratings", args=[self.slug])

    @property
    def a_kind(self) -> str:
        """What it is, as a sentence begins: "A film"."""
        return str(A_KIND[self.kind])

    @property
    def the_kind(self) -> str:
        """What it is, within a sentence: "the film"."""
        return str(THE_KIND[self.kind])


A_KIND: dict[str, Promise] = {
    Title.Kind.FILM: _("A film"),
    Title.Kind.SERIES: _("A series"),
    Title.Kind.MUSIC: _("Music"),
    Title.Kind.BOOK: _("A book"),
    Title.Kind.GAME: _("A game"),
}
THE_KIND: dict[str, Promise] = {
    Title.Kind.FILM: _("the film"),
    Title.Kind.SERIES: _("the series"),
    Title.Kind.MUSIC: _("the music"),
    Title.Kind.BOOK: _("the book"),
    Title.Kind.GAME: _("the game"),
}


class SiteFigures(models.Model):
    """How much the site holds: one row, kept by the database."""

    id = models.SmallIntegerField(primary_key=True, default=1)
    titles = models.BigIntegerField(db_default=0)
    reviews = models.BigIntegerField(db_default=0)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(id=1), name="one_row_of_site_figures")]

    def __str__(self) -> str:
        return f"{self.titles} titles, {self.reviews} reviews"
