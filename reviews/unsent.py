"""What a member sent when their session had ended: it waits in the session and becomes their draft on signing in."""

from typing import Any

from allauth.core import ratelimit
from django.db.models import Model
from django.http import HttpRequest

from accounts.models import User
from reviews import drafting
from reviews.forms import seen_text, typed_text
from reviews.models import Act, Title
from reviews.models.reviews import LONGEST_BODY

KEY = "unsent"
WORDS = "unsent_words"
FIELDS = ("member", "seen_review", "seen_draft", "saving", "rating", "headline", "body", "spoiler")


def keep(request: HttpRequest, title: Title) -> None:
    """Keep the form that was sent, for the member who began to write it."""
    if not _may_keep(request):
        return
    form = {name: request.POST[name][:LONGEST_BODY] for name in FIELDS if name in request.POST}
    request.session[KEY] = {"title": title.pk, "form": form}


def waiting(request: HttpRequest, title: Title) -> drafting.Text | None:
    """The text that still waits for this title, as a different draft of it is there."""
    held = request.session.get(KEY)
    return typed_text(held["form"]) if held and held["title"] == title.pk else None


def forget(request: HttpRequest) -> None:
    request.session.pop(KEY, None)


def take_over(sender: type[Model], request: HttpRequest, user: User, **kwargs: Any) -> None:
    """On signing in: the text becomes the draft. Another member's goes; one that conflicts waits to be shown."""
    held = request.session.get(KEY)
    if not held:
        return
    form, title = held["form"], Title.objects.filter(pk=held["title"]).first()
    if title and form.get("member") == str(user.pk):
        try:
            drafting.save_draft(user, title, typed_text(form), seen_text(form))
        except drafting.Conflict:
            return
    forget(request)


def keep_words(request: HttpRequest, act: int) -> None:
    """Keep what was written to appeal against that act; the decision's page, which only its member sees, shows it."""
    if not _may_keep(request):
        return
    request.session[WORDS] = {"act": act, "words": request.POST.get("words", "")[:LONGEST_BODY]}


def _may_keep(request: HttpRequest) -> bool:
    """In the session that the browser has already; new ones are begun so only as often as an address may, or anybody
    could fill the database with them."""
    return not request.session.is_empty() or bool(ratelimit.consume(request, action="unsent"))


def words_about(request: HttpRequest, act: Act) -> str:
    held = request.session.get(WORDS)
    return str(held["words"]) if held and held["act"] == act.pk else ""


def forget_words(request: HttpRequest) -> None:
    request.session.pop(WORDS, None)
