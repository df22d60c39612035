"""Notices by mail: sent once each, as soon as what they tell of is committed, or later by `manage.py send_notices`.

The notice is what is told; its mail may fail, and then waits with the notice. Nothing of a review's own words is in it.
"""

import logging
import time
from smtplib import SMTPRecipientsRefused

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.template.loader import render_to_string
from django.utils import timezone

from accounts.members import address_of
from reviews.models import Notice
from reviews.moderation.telling import told

log = logging.getLogger(__name__)

# Seconds for which nobody's request waits again for a mail server that has just failed; the command goes on with it.
PAUSE = 60
_failed = float("-inf")


def send_now(notice: int) -> None:
    """Send the notice's mail. If the mail server fails it waits, and whoever decided something does not notice."""
    if time.monotonic() - _failed > PAUSE:
        _send_next(notice)


def send_waiting() -> int:
    """Send what waits, each once whoever else does so at the same time; how many. Ends when the mail server fails."""
    began, sent, last = time.monotonic(), 0, 0
    while (outcome := _send_next(after=last)) and _failed < began:
        last, done = outcome
        sent += done
    return sent


@transaction.atomic
def _send_next(only: int | None = None, *, after: int = 0) -> tuple[int, bool] | None:
    """Send one that waits and that nobody else is just sending: its number, and whether the server took it."""
    waiting = Notice.objects.to_mail().filter(pk__gt=after)
    if only is not None:
        waiting = waiting.filter(pk=only)
    notice = waiting.select_for_update(skip_locked=True, of=("self",)).with_subjects().first()
    if notice is None:
        return None
    if not _send(notice):
        return notice.pk, False
    notice.mailed = timezone.now()
    notice.save(update_fields=["mailed"])
    return notice.pk, True


def _send(notice: Notice) -> bool:
    address = address_of(notice.member) if notice.member else notice.report.email if notice.report else ""
    if not address:
        return True
    global _failed
    try:
        letter(notice, address).send()
    except (SMTPRecipientsRefused, ValueError) as problem:
        log.warning("The mail of notice %s has an address that is not taken: %s", notice.pk, problem)
        return False
    except OSError as problem:  # of which SMTPException is one
        _failed = time.monotonic()
        log.warning("The mail of notice %s waits, as the mail server failed: %s", notice.pk, problem)
        return False
    return True


def letter(notice: Notice, address: str) -> EmailMessage:
    kind = "decision" if notice.report is None else "outcome" if notice.act else "receipt"
    context = {"notice": notice, "act": notice.act, "site": settings.SITE_URL}
    body = render_to_string(f"reviews/mail/{kind}.txt", context)
    return EmailMessage(" ".join(told(notice).split()).rstrip("."), body.strip() + "\n", to=[address])
