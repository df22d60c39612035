"""Feeds: what is new, for readers' own programs."""

from collections.abc import Iterable
from datetime import datetime

from django.contrib.syndication.views import Feed
from django.urls import reverse, reverse_lazy
from django.utils.feedgenerator import Atom1Feed
from django.utils.html import linebreaks
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from reviews import prose
from reviews.models import Act
from reviewsite.texts import one_line, without_controls


def xml(text: str) -> str:
    """The text without what XML cannot hold, whatever got into the database."""
    return without_controls(text).translate({0xFFFE: None, 0xFFFF: None})


class LogFeed(Feed):  # type: ignore[type-arg]
    """Acts of moderation as Atom. An act never changes, so its entry never does, nor the address that identifies it."""

    feed_type = Atom1Feed
    title = gettext_lazy("Moderation log of Reviewsite")
    subtitle = gettext_lazy("What moderators and the rules of the site did, and why.")
    link = reverse_lazy("moderation_log")

    def __init__(self, acts: Iterable[Act]) -> None:
        self.acts = acts

    def items(self) -> list[Act]:
        return list(self.acts)

    def item_title(self, act: Act) -> str:
        what = act.get_kind_display()
        return xml(f"{what}: {one_line(str(act.title))}") if act.title else str(what)

    def item_description(self, act: Act) -> str:
        """HTML, as Atom has it: each part escaped here, and the whole once more by the feed."""
        parts = [_("By %(whom)s.") % {"whom": act.get_by_display()}]
        if act.rule:
            parts.append(_("House rule %(rule)s.") % {"rule": act.rule})
        parts.append(prose.without_folds(act.reason, f"[{_('Spoiler')}]"))
        return linebreaks(xml("\n\n".join(part for part in parts if part)), autoescape=True)

    def item_link(self, act: Act) -> str:
        return f"{reverse('moderation_log', query={'act': act.pk})}#act-{act.pk}"

    def item_pubdate(self, act: Act) -> datetime:
        return act.at

    item_updateddate = item_pubdate
