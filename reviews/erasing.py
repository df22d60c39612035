"""Erasing: what is kept for a time only goes for good once that time is over."""

from django.db import connection, transaction

from reviews.locks import lock_author
from reviews.models import Export, Report, Review
from reviews.moderation.record import count_unread_without


def erase_outdated() -> int:
    """Erase reviews whose deletion cannot be undone any more, with versions and votes, and exports out of date.

    And the names and addresses of those who reported without an account, when nobody will write to them any more.

    How many reviews went. An author at a time, so that nobody waits long; any number of processes may do it at once.
    """
    Export.objects.outdated().delete()
    Report.objects.to_forget().update(name="", email="")
    authors = Review.objects.past_undoing().order_by("author").values_list("author", flat=True).distinct()
    return sum(_erase_reviews_of(author) for author in list(authors))


@transaction.atomic
def _erase_reviews_of(author: int) -> int:
    lock_author(author)
    overdue = Review.objects.past_undoing().filter(author=author).order_by("pk").select_for_update()
    gone = list(overdue.values_list("pk", flat=True))
    with connection.cursor() as cursor:
        # No figure counts what is deleted, and their votes need not leave them one by one.
        cursor.execute("SET LOCAL reviewsite.bulk = 'on'")
        going = Review.objects.filter(pk__in=gone)
        count_unread_without(going)
        going.delete()
        cursor.execute("SET LOCAL reviewsite.bulk = 'off'")
    return len(gone)
