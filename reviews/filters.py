"""What readers choose: which reviews and titles, in which order. What is no choice of ours is left out of account."""

from dataclasses import replace
from datetime import datetime
from typing import Any, Self

import django_filters
from django.db.models import Case as Choice
from django.db.models import F, Q, QuerySet, Value, When
from django.db.models.functions import Coalesce
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from reviews import ranking
from reviews.models import RATINGS, Act, Case, Genre, Review, Rule, Title
from reviews.models.titles import YEARS, search_text
from reviews.moderation import queue
from reviews.reading import read_cursor
from reviewsite.keyset import Cursor, Keyset
from reviewsite.texts import LARGEST

SORTS = [
    ("featured", _("Featured")),
    ("helpful", _("Most helpful")),
    ("date", _("Review date")),
    ("votes", _("Total votes")),
    ("prolific", _("Prolific reviewer")),
    ("rating", _("Review rating")),
]
DIRECTIONS = [("desc", _("Descending")), ("asc", _("Ascending"))]

# The order in words: descending and ascending; and each in short, for the middle of a sentence.
IN_WORDS = {
    "featured": (
        _("Best first: an estimate of how many readers would find a review helpful."),
        _("Weakest first: the same estimate, turned round."),
    ),
    "helpful": (_("Surest first: the helpful share we can be 95 % sure of."), _("Least sure first.")),
    "date": (_("Newest first."), _("Oldest first.")),
    "votes": (_("Most votes first."), _("Fewest votes first.")),
    "prolific": (_("Members with the most reviews first."), _("Members with the fewest reviews first.")),
    "rating": (_("Highest rating first."), _("Lowest rating first.")),
}
IN_SHORT = {
    "featured": (_("best first"), _("weakest first")),
    "helpful": (_("surest first"), _("least sure first")),
    "date": (_("newest first"), _("oldest first")),
    "votes": (_("most votes first"), _("fewest votes first")),
    "prolific": (_("most prolific members first"), _("least prolific members first")),
    "rating": (_("highest rating first"), _("lowest rating first")),
}


class Chosen(django_filters.FilterSet):  # type: ignore[misc]
    """A filter set that keeps what was chosen: in `chosen`, and in the addresses it makes."""

    def leave(self, queryset: QuerySet[Any], name: str, value: Any) -> QuerySet[Any]:
        """For a choice that is about the order, not about which rows."""
        return queryset

    @cached_property
    def chosen(self) -> dict[str, Any]:
        """The valid choices by name; what is empty or unknown is absent."""
        if not self.is_bound:
            return {}
        self.form.is_valid()
        return {name: value for name, value in self.form.cleaned_data.items() if value not in (None, "", [])}

    def settled(self) -> Self:
        """This one, to be kept for what was chosen alone: without its form, which weighs twenty kilobytes."""
        _ = self.chosen
        self.filters: dict[str, Any] = {}
        self.queryset = None
        self.__dict__.pop("_form", None)
        return self


class ReviewFilter(Chosen):
    """Reviews by rating and without spoilers, in one of six orders, each in both directions."""

    sort = django_filters.ChoiceFilter(choices=SORTS, method="leave")
    dir = django_filters.ChoiceFilter(choices=DIRECTIONS, method="leave")
    rating = django_filters.TypedChoiceFilter(choices=[(str(n), str(n)) for n in RATINGS], coerce=int)
    spoilers = django_filters.ChoiceFilter(choices=[("hide", _("Hide Spoilers"))], method="without_spoilers")

    class Meta:
        model = Review
        fields: list[str] = []

    def without_spoilers(self, queryset: QuerySet[Review], name: str, value: str) -> QuerySet[Review]:
        return queryset.filter(spoiler=False)

    sorts = SORTS

    @property
    def sort_name(self) -> str:
        return str(self.chosen.get("sort", ranking.DEFAULT_ORDER))

    @property
    def descending(self) -> bool:
        return self.chosen.get("dir") != "asc"

    @property
    def rating_chosen(self) -> int | None:
        return self.chosen.get("rating")

    @property
    def hides_spoilers(self) -> bool:
        return "spoilers" in self.chosen

    @property
    def narrowed(self) -> bool:
        return self.hides_spoilers or self.rating_chosen is not None

    @cached_property
    def order(self) -> Keyset:
        return ranking.review_order(
            self.sort_name, descending=self.descending, of_one_rating=self.rating_chosen is not None
        )

    @cached_property
    def cursor(self) -> Cursor | None:
        return read_cursor(self.data.get("after", ""), self.order)

    @property
    def in_words(self) -> Any:
        return IN_WORDS[self.sort_name][not self.descending]

    @property
    def in_short(self) -> Any:
        return IN_SHORT[self.sort_name][not self.descending]


TITLE_ORDERS = {
    "reviews": Keyset("reviews", {"review_count": (F("review_count"), int)}),
    "rating": Keyset("rating", {"weighted": (F("weighted"), float), "rating_count": (F("rating_count"), int)}),
    "newest": Keyset("newest", {"year": (Coalesce(F("year"), Value(0)), int)}),
    "oldest": Keyset("oldest", {"year": (Coalesce(F("year"), Value(9999)), int)}, descending=False),
    "name": Keyset("name", {"name": (F("search_text"), str)}, descending=False),
}
TITLE_SORTS = [
    ("reviews", _("Most reviewed")),
    ("rating", _("Top rated")),
    ("newest", _("Newest")),
    ("oldest", _("Oldest")),
    ("name", _("Name")),
]


def named_so_first(order: Keyset, name: str) -> Keyset:
    """The order among titles that were looked for by name: those of just that name before all others."""
    so = Q(name__iexact=name) | Q(original_title__iexact=name) | Q(search_text=search_text(name))
    first = Choice(When(so, then=Value(1 if order.descending else -1)), default=Value(0))
    return replace(order, name=f"named {order.name}", keys={"named_so": (first, int), **order.keys})


class TitleFilter(Chosen):
    """Titles by their names and makers, kind, genre and years."""

    q = django_filters.CharFilter(method="named")
    kind = django_filters.ChoiceFilter(choices=Title.Kind)
    genre = django_filters.ModelChoiceFilter(field_name="genres", queryset=Genre.objects.all(), to_field_name="slug")
    year_from = django_filters.NumberFilter(
        field_name="year", lookup_expr="gte", min_value=YEARS[0], max_value=YEARS[-1]
    )
    year_to = django_filters.NumberFilter(field_name="year", lookup_expr="lte", min_value=YEARS[0], max_value=YEARS[-1])
    sort = django_filters.ChoiceFilter(choices=TITLE_SORTS, method="leave")

    class Meta:
        model = Title
        fields: list[str] = []

    def named(self, queryset: Any, name: str, value: str) -> Any:
        return queryset.named(value)

    sorts = TITLE_SORTS
    kinds = Title.Kind.choices

    @cached_property
    def genres(self) -> QuerySet[Genre]:
        return Genre.objects.all()

    @property
    def params(self) -> dict[str, Any]:
        """What is chosen, as it stands in addresses."""
        return {name: getattr(value, "slug", value) for name, value in self.chosen.items()}

    @property
    def sort_name(self) -> str:
        return str(self.chosen.get("sort", "reviews"))

    @property
    def order(self) -> Keyset:
        order, name = TITLE_ORDERS[self.sort_name], self.chosen.get("q")
        return named_so_first(order, name) if name else order

    @cached_property
    def cursor(self) -> Cursor | None:
        return Cursor.decode(self.data.get("after", ""), self.order)


class CaseFilter(Chosen):
    """Cases by what waits in them."""

    about = django_filters.ChoiceFilter(
        choices=[
            ("reports", _("Reports")),
            ("appeals", _("Appeals")),
            ("votes", _("Held votes")),
            ("held", _("Held reviews")),
        ],
        method="in_which_wait",
    )

    class Meta:
        model = Case
        fields: list[str] = []

    def in_which_wait(self, queryset: QuerySet[Case], name: str, value: str) -> QuerySet[Case]:
        return queryset.filter(queue.WAITING_FOR[value])

    @property
    def kinds(self) -> list[tuple[str, str, int, bool]]:
        """What can be chosen, each with its name, how many cases it leaves and whether it is chosen."""
        numbers, chosen = queue.waiting_numbers(), self.chosen.get("about", "")
        names = [("", _("All")), *self.base_filters["about"].extra["choices"]]
        return [(value, name, numbers[value or "all"], value == chosen) for value, name in names]

    @cached_property
    def cursor(self) -> Cursor | None:
        return Cursor.decode(self.data.get("after", ""), queue.ORDER)


MOST_TITLES = 500
LOG_ORDER = Keyset("log", {"at": (F("at"), datetime)})


def rule_names() -> list[tuple[str, str]]:
    """The house rules by name, those in force first; a name stays with its rule from version to version."""
    names = Rule.objects.order_by("-house_rules__number", "number").values_list("name", flat=True)
    return [(name, name) for name in dict.fromkeys(names)]


class LogFilter(Chosen):
    """Acts of moderation by what was done, by which rule, by whom, and what an appeal made of them."""

    what = django_filters.ChoiceFilter(field_name="kind", choices=Act.Kind)
    rule = django_filters.ChoiceFilter(choices=rule_names, method="by_rule")
    by = django_filters.ChoiceFilter(
        choices=[("person", _("A moderator")), ("site", _("A rule of the site"))], method="by_whom"
    )
    outcome = django_filters.ChoiceFilter(
        choices=[("overturned", _("Overturned")), ("upheld", _("Upheld"))], method="answered"
    )
    title = django_filters.CharFilter(method="of_title", max_length=200)
    act = django_filters.NumberFilter(method="story_of", min_value=1, max_value=LARGEST)

    class Meta:
        model = Act
        fields: list[str] = []

    def by_rule(self, queryset: QuerySet[Act], name: str, value: str) -> QuerySet[Act]:
        return queryset.filter(rule__in=Rule.objects.filter(name=value))

    def by_whom(self, queryset: QuerySet[Act], name: str, value: str) -> QuerySet[Act]:
        person = queryset.filter(by=Act.By.MODERATOR)
        return person if value == "person" else queryset.exclude(by=Act.By.MODERATOR)

    def answered(self, queryset: QuerySet[Act], name: str, value: str) -> QuerySet[Act]:
        answers = Act.objects.filter(answers__isnull=False, overturns=value == "overturned")
        return queryset.filter(pk__in=answers.values("answers"))

    def of_title(self, queryset: QuerySet[Act], name: str, value: str) -> QuerySet[Act]:
        # Looked up first: their number tells PostgreSQL to go by title, where few acts are theirs.
        return queryset.filter(title__in=list(Title.objects.named(value).values_list("pk", flat=True)[:MOST_TITLES]))

    def story_of(self, queryset: QuerySet[Act], name: str, value: int) -> QuerySet[Act]:
        """All that was done about the same review, or, where it was about an account alone, in the same case."""
        act = Act.objects.filter(pk=int(value)).first()
        if act is None:
            return queryset.none()
        if act.review_id is None:
            return queryset.filter(case_number=act.case_number) if act.case_number else queryset.filter(pk=act.pk)
        return queryset.filter(Q(review=act.review_id) | Q(answers__review=act.review_id))

    order = LOG_ORDER

    @cached_property
    def choices(self) -> dict[str, Any]:
        """What can be chosen of each that is chosen from a list."""
        return {name: list(self.form.fields[name].choices)[1:] for name in ("what", "rule", "by", "outcome")}
