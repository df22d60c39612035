"""What people are told, in a sentence: on the site, and as the subject of a mail."""

from django.contrib.humanize.templatetags.humanize import apnumber
from django.utils.translation import gettext as _

from reviews.models import Act, Notice
from reviews.moderation.cases import HOLDS_FROM
from reviewsite.formats import to_the_minute

Kind, By = Act.Kind, Act.By


def told(notice: Notice) -> str:
    """What the notice says, without anything of a review's own words."""
    if notice.report is None:
        return to_author(notice.act) if notice.act else ""
    title = notice.report.review.title.name
    if notice.act is None:
        return _("Your report of a review of %(title)s has arrived.") % {"title": title}
    return _outcome(notice.act.kind) % {"title": title}


def to_author(act: Act) -> str:
    """What the decision means to whom it is about."""
    words = {
        Kind.FOLD: _("Your review of %(title)s is folded as a spoiler."),
        Kind.HIDE: _("Your review of %(title)s is hidden."),
        Kind.HOLD: _("Your review of %(title)s is held until a moderator decides."),
        Kind.RESTORE: _("Your review of %(title)s is where it was, for all to read."),
        Kind.SUSPEND: _("Your account is suspended until %(until)s.") if act.until else _for_good(),
        Kind.LIFT: _("Your account is not suspended any more."),
        Kind.VOID_VOTES: _("Votes on your review of %(title)s do not count."),
        Kind.COUNT_VOTES: _("Votes on your review of %(title)s count again."),
        Kind.UPHOLD: _("The decision that you appealed against stands."),
    }.get(Kind(act.kind), _("Your review of %(title)s stays as it is."))
    return words % {"title": _title(act), "until": until(act)}


def until(act: Act) -> str:
    """The end of a suspension, to the minute."""
    return to_the_minute(act.until) if act.until else ""


def _for_good() -> str:
    return _("Your account is suspended for good.")


def _title(act: Act) -> str:
    return act.title.name if act.title else _("a title")


def _outcome(kind: str) -> str:
    """What came of a report. Of what else becomes of the author, nothing."""
    return {
        Kind.FOLD: _("The review of %(title)s that you reported is folded as a spoiler now."),
        Kind.HIDE: _("The review of %(title)s that you reported is hidden now."),
        Kind.SUSPEND: _("The review of %(title)s that you reported broke the rules, and a moderator has acted."),
        Kind.RESTORE: _("The review of %(title)s that you reported is for all to read again."),
    }.get(Kind(kind), _("The review of %(title)s that you reported stays as it is."))


def who_decided(act: Act) -> str:
    """Whether a person decided or a rule, and which; never the person's name."""
    return {
        By.MODERATOR: _("A moderator, not a program."),
        By.REPORTS: _(
            "A rule of the site, not a person: reports of enough weight, from %(members)s members or more, take a "
            "review out of sight. A moderator decides whether it stays so."
        )
        % {"members": apnumber(HOLDS_FROM)},
        By.LINKS: _(
            "A rule of the site, not a person: a new member's first review waits where it has links in it. A moderator "
            "decides whether it stays so."
        ),
        By.ALIKE: _(
            "A rule of the site, not a person: a text very like another member's waits. A moderator decides whether it "
            "stays so."
        ),
        By.REWRITTEN: _(
            "A rule of the site, not a person: what is written in place of a hidden review waits. A moderator decides "
            "whether it stays so."
        ),
        By.VOTES: _("A rule of the site, not a person: many votes in a short time wait until a moderator decides."),
    }[By(act.by)]
