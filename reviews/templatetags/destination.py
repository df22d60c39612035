"""Where a visitor was going when the site asked them to sign in."""

from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from django import template
from django.template import Context
from django.urls import Resolver404, resolve
from django.utils.http import url_has_allowed_host_and_scheme

from reviews.models import Review, Title
from reviewsite.texts import LARGEST

register = template.Library()

TITLES = Title.objects.only("name", "year", "slug", "poster_id")
# What the visitor was about to do there, by the end of the address's name; the rest is looking at a title.
ACTS = ("vote", "report", "write", "reviews", "review")


@dataclass(frozen=True)
class Destination:
    title: Title
    act: str


@register.simple_tag(takes_context=True)
def destination(context: Context) -> Destination | None:
    """The title that `next` leads to: by a page of it on this site, or by a review of it that everybody may read."""
    address = context.get("redirect_field_value") or ""
    if not url_has_allowed_host_and_scheme(address, allowed_hosts={context["request"].get_host()}):
        return None
    parts = urlsplit(address)
    try:
        match = resolve(unquote(parts.path))
    except Resolver404:
        return None
    act = next((act for act in ACTS if (match.url_name or "").endswith(act)), "")
    if parts.fragment.startswith("review-"):
        act = "vote"
    ours = match.func.__module__.startswith("reviews.") and match.route.startswith(("title/", "review/"))
    title = _title(match.kwargs) if ours else None
    return Destination(title, act) if title else None


def _title(where: dict[str, str | int]) -> Title | None:
    if "slug" in where:
        return TITLES.filter(slug=where["slug"]).first()
    pk = where.get("pk")
    if isinstance(pk, int) and pk <= LARGEST:
        return TITLES.filter(pk__in=Review.objects.public().filter(pk=pk).values("title")).first()
    return None
