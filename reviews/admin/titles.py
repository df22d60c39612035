"""Titles and what stands beside them are filled in here."""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import Max, Min, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from accounts.admin import SavesWhatChanged
from reviews.admin.parts import TextForm
from reviews.models import Award, CriticReview, ExternalReview, FaqEntry, Genre, Title
from reviews.models.titles import YEARS
from reviews.posters import PosterRefused, render, store


class YearForm(TextForm):
    """With a year, which has to be one that the site keeps; at the field, where the constraint speaks of the whole."""

    def clean_year(self) -> int | None:
        year: int | None = self.cleaned_data["year"]
        if year is not None and year not in YEARS:
            message = _("A year lies between %(first)s and %(last)s.")
            raise ValidationError(message, params={"first": YEARS[0], "last": YEARS[-1]})
        return year


class TitleForm(YearForm):
    new_poster = forms.FileField(
        label=_("New poster"), required=False, help_text=_("A picture, upright, best 2 by 3. It replaces the poster.")
    )
    without_poster = forms.BooleanField(label=_("Take the poster away"), required=False)

    class Meta:
        model = Title
        fields = (
            "name",
            "year",
            "kind",
            "original_title",
            "creators",
            "countries",
            "minutes",
            "genres",
            "synopsis",
        )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        upload = cleaned.get("new_poster")
        if upload and not self.errors:
            try:
                cleaned["poster"] = render(upload.read(settings.POSTER_MAX_BYTES + 1))
            except PosterRefused as refused:
                message = _("The picture %(reason)s.")
                self.add_error("new_poster", ValidationError(message, params={"reason": refused}))
        elif cleaned.get("without_poster"):
            cleaned["poster"] = None
        return cleaned


class DecadeFilter(admin.SimpleListFilter):
    title = _("year")
    parameter_name = "decade"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        years = Title.objects.aggregate(first=Min("year"), last=Max("year"))
        if years["first"] is None:
            return []
        decades = range(years["last"] // 10 * 10, years["first"] // 10 * 10 - 1, -10)
        return [(str(decade), f"{decade}-{decade + 9}") for decade in decades] + [("none", _("without"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Title]) -> QuerySet[Title]:
        chosen = self.value() or ""
        if chosen == "none":
            return queryset.filter(year=None)
        if chosen.isascii() and chosen.isdigit() and len(chosen) < 5:
            return queryset.filter(year__range=(int(chosen), int(chosen) + 9))
        return queryset


class PosterFilter(admin.SimpleListFilter):
    title = _("poster")
    parameter_name = "poster"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("yes", _("with")), ("no", _("without"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Title]) -> QuerySet[Title]:
        return (
            queryset.filter(poster=None)
            if self.value() == "no"
            else (queryset.exclude(poster=None) if self.value() == "yes" else queryset)
        )


class AwardInline(admin.TabularInline):  # type: ignore[type-arg]
    model = Award
    form = YearForm
    extra = 0


class FaqInline(admin.StackedInline):  # type: ignore[type-arg]
    model = FaqEntry
    form = TextForm
    extra = 0


class ExternalReviewInline(admin.TabularInline):  # type: ignore[type-arg]
    model = ExternalReview
    form = TextForm
    extra = 0


class CriticReviewInline(admin.StackedInline):  # type: ignore[type-arg]
    model = CriticReview
    form = YearForm
    extra = 0


@admin.register(Title)
class TitleAdmin(SavesWhatChanged, admin.ModelAdmin):  # type: ignore[type-arg]
    form = TitleForm
    list_display = ("name", "year", "kind", "has_poster", "review_count", "rating_count", "added")
    list_filter = ("kind", DecadeFilter, PosterFilter)
    list_per_page = 50
    show_full_result_count = False
    ordering = ("-id",)
    search_fields = ("name",)
    search_help_text = _("Beginnings of words of the title or the original title.")
    filter_horizontal = ("genres",)
    readonly_fields = ("poster_now", "slug", "review_count", "rating_count", "added")
    fieldsets = (
        (None, {"fields": ("name", "year", "kind", "original_title", "creators", "countries", "minutes", "genres")}),
        (_("Synopsis"), {"fields": ("synopsis",)}),
        (_("Poster"), {"fields": ("poster_now", "new_poster", "without_poster")}),
        (_("Kept by the site"), {"fields": ("slug", "review_count", "rating_count", "added")}),
    )
    inlines = (AwardInline, FaqInline, ExternalReviewInline, CriticReviewInline)

    @admin.display(description=_("poster"), boolean=True)
    def has_poster(self, title: Title) -> bool:
        return title.poster_id is not None

    @admin.display(description=_("poster now"))
    def poster_now(self, title: Title) -> Any:
        if not title.poster_id:
            return _("none")
        picture = reverse("poster", args=[title.poster_id, "small"])
        return format_html('<img src="{}" width="108" height="162" alt="">', picture)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Title], search_term: str
    ) -> tuple[QuerySet[Title], bool]:
        return (queryset.filter(pk__in=Title.objects.named(search_term)) if search_term.strip() else queryset), False

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        if "poster" in form.cleaned_data:
            rendered = form.cleaned_data["poster"]
            obj.poster = rendered and store(rendered)
            form.changed_data.append("poster")
        if change and {"name", "original_title", "creators"} & set(form.changed_data):
            form.changed_data.append("search_text")  # made from these by `Title.save`
        super().save_model(request, obj, form, change)


class GenreForm(TextForm):
    class Meta:
        model = Genre
        fields = ("name",)

    def clean_name(self) -> str:
        """Refuses a name that makes no address, or that of another genre: an import takes the two for one."""
        name: str = self.cleaned_data["name"]
        slug = Genre.address_of(name)
        if not slug:
            raise ValidationError(_("A genre has a letter or a digit in its name."))
        if other := Genre.objects.filter(slug=slug).exclude(pk=self.instance.pk).first():
            message = _("There is the genre %(name)s already, and both would have the address %(address)s.")
            raise ValidationError(message, params={"name": other.name, "address": slug})
        return name


@admin.register(Genre)
class GenreAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    form = GenreForm
    fields = ("name",)
    search_fields = ("name",)
