"""A title's pages, and the ways to find one."""

from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db.models import Avg, Count, F
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from accounts.models import User
from reviews import figures, ranking
from reviews.filters import TitleFilter
from reviews.models import Poster, Review, SiteFigures, Title
from reviews.recent import recently_viewed, remember
from reviews.views.listing import choices_of
from reviews.views.review_page import page_of_reviews
from reviewsite.keyset import page_of
from reviewsite.partials import render_partial

TOP_RATED, RECENTLY_REVIEWED, NEWEST_REVIEWS, BEST_REVIEWS, TITLES_A_PAGE = 10, 6, 5, 3, 48


def _title(slug: str, viewer: User | AnonymousUser | None = None) -> Title:
    titles = Title.objects.with_see_also_counts()
    return get_object_or_404(titles.with_own(viewer) if viewer else titles, slug=slug)


def _render(request: HttpRequest, tab: str, title: Title, context: dict[str, Any]) -> HttpResponse:
    """A title's page: with what the visitor viewed last beside it, and remembering this title as viewed."""
    context |= {"title": title, "tab": tab, "recent": recently_viewed(request, besides=title.pk)}
    response = render(request, f"reviews/title_{tab}.html", context)
    remember(request, response, title.pk)
    return response


@require_safe
def title_reviews(request: HttpRequest, slug: str) -> HttpResponse:
    """User Reviews: chosen and ordered as the address says, from the place it says."""
    return page_of_reviews(request, slug, choices_of(request.META.get("QUERY_STRING", "")))


@require_safe
def title_overview(request: HttpRequest, slug: str) -> HttpResponse:
    title = _title(slug, request.user)
    best = ranking.review_order("helpful").arrange(
        Review.objects.public().filter(title=title).with_author().with_vote_of(request.user).with_block_of(request.user)
    )
    context = {"reviews": best[:BEST_REVIEWS], "bars": figures.bars(title.rating_counts), "genres": title.genres.all()}
    return _render(request, "overview", title, context)


@require_safe
def title_ratings(request: HttpRequest, slug: str) -> HttpResponse:
    title = _title(slug, request.user)
    context = {
        "falling_bars": figures.bars(title.rating_counts)[::-1],
        "median": figures.median(title.rating_counts),
    }
    return _render(request, "ratings", title, context)


@require_safe
def title_awards(request: HttpRequest, slug: str) -> HttpResponse:
    title = _title(slug)
    return _render(request, "awards", title, {"awards": title.awards.all()})


@require_safe
def title_faq(request: HttpRequest, slug: str) -> HttpResponse:
    title = _title(slug)
    return _render(request, "faq", title, {"entries": title.faq_entries.all()})


@require_safe
def title_external_reviews(request: HttpRequest, slug: str) -> HttpResponse:
    title = _title(slug)
    return _render(request, "external", title, {"links": title.external_reviews.all()})


@require_safe
def title_critic_reviews(request: HttpRequest, slug: str) -> HttpResponse:
    title = _title(slug)
    critics = title.critic_reviews.all()
    scores = critics.order_by().aggregate(average=Avg("score"), scored=Count("score"))
    return _render(request, "critics", title, {"critics": critics, **scores})


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    titles = Title.objects.only("name", "year", "slug", "poster_id", "weighted")
    context = {
        "figures": SiteFigures.objects.first(),
        "recently_reviewed": titles.exclude(last_reviewed=None).order_by(F("last_reviewed").desc(), F("id"))[
            :RECENTLY_REVIEWED
        ],
        "top_rated": titles.with_own_rating(request.user)
        .filter(rating_count__gt=0)
        .order_by("-weighted", "-rating_count", "id")[:TOP_RATED],
        "newest": ranking.review_order("date").arrange(
            Review.objects.public().with_title().with_block_of(request.user)
        )[:NEWEST_REVIEWS],
    }
    return render(request, "reviews/home.html", context)


@require_safe
def title_list(request: HttpRequest) -> HttpResponse:
    """Browse and find: titles by name, kind, genre and years."""
    found = TitleFilter(request.GET, queryset=Title.objects.defer("synopsis").with_own_rating(request.user))
    page = page_of(found.qs, found.order, found.cursor, TITLES_A_PAGE)
    return render_partial(request, "reviews/title_list.html", {"filter": found, "page": page}, partial="results")


@require_safe
@cache_control(public=True, max_age=31_536_000, immutable=True)
def poster(request: HttpRequest, digest: str, size: str) -> HttpResponse:
    """A title's poster, as long as it has it. The address says what it shows, so it may be kept for ever."""
    if size not in {"large", "small"}:
        raise Http404
    picture = get_object_or_404(Poster.objects.shown().only(size), digest=digest)
    return HttpResponse(bytes(getattr(picture, size)), content_type="image/webp")
