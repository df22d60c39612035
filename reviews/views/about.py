"""The pages that say what holds here: the house rules, and how reviews are checked."""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from reviews import ranking
from reviews.models import HouseRules
from reviews.moderation import bursts, cases, reporting


@require_safe
def rules(request: HttpRequest, number: int | None = None) -> HttpResponse:
    """The house rules in force, or an older version of them."""
    versions = list(HouseRules.objects.defer("introduction").order_by("-number"))
    asked = (
        HouseRules.objects.with_rules().filter(number=versions[0].number if number is None else number)
        if versions
        else None
    )
    found = asked.first() if asked else None
    if found is None:
        raise Http404
    ended = next((version.published for version in reversed(versions) if version.number > found.number), None)
    context = {"house_rules": found, "current": versions[0], "versions": versions, "ended": ended, "by_number": number}
    return render(request, "reviews/rules.html", context)


@require_safe
def about_reviews(request: HttpRequest) -> HttpResponse:
    """How reviews and ratings are checked, ordered and computed; every figure from where it is applied."""
    context = {
        "limits": settings,
        "ranking": ranking,
        "bursts": bursts,
        "odds": round(1 / bursts.CHANCE),
        "reporting": reporting,
        "cases": cases,
        "most_trust": reporting.TRUSTED_YEARS + 1,
    }
    return render(request, "reviews/about_reviews.html", context)
