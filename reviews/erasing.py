"""Erasing: what is kept for a time only goes for good once that time is over."""

from contextlib import suppress

from django.db import IntegrityError, transaction

from reviews.counting import counting_at_rest
from reviews.locks import lock_author
from reviews.models import Export, Poster, Report, Review
from reviews.moderation.record import count_unread_without


def erase_outdated() -> int:
    """Erase reviews whose deletion cannot be undone any more, with versions and votes, and exports out of date.

    And the names and addresses of those who reported without an account, when nobody will write to them any more; and
    posters that were taken away.

    How many reviews went. An author at a time, so that nobody waits long; any number of processes may do it at once.
    """
    Export.objects.outdated().delete()
    # If a title takes up one of them at this moment they wait for the next time.
    with suppress(IntegrityError), transaction.atomic():
        Poster.objects.taken_away().delete()
    Report.objects.to_forget().update(name="", email="")
    authors = Review.objects.past_undoing().order_by("author").values_list("author", flat=True).distinct()
    return sum(_erase_reviews_of(author) for author in list(authors))


@transaction.atomic
def _erase_reviews_of(author: int) -> int:
    lock_author(author)
    overdue = Review.objects.past_undoing().filter(author=author).order_by("pk").select_for_update()
    gone = list(overdue.values_list("pk", flat=True))
    # No figure counts what is deleted, and their votes need not leave them one by one.
    with counting_at_rest():
        going = Review.objects.filter(pk__in=gone)
        count_unread_without(going)
        going.delete()
    return len(gone)
