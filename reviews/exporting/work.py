"""Exports asked for, and packed in the background.

Django 6.1 brings an interface for tasks but no backend that works in the background, and another service to run would
be much for what happens once in a while. So the rows of `Export` are the queue. Any process packs what waits in them:
a thread of the web process that was asked, or `manage.py work_exports` from a timer. One that is killed leaves a lease
that ends, and whoever looks next takes the export up again.
"""

import threading
import uuid
from collections.abc import Iterator
from datetime import timedelta
from tempfile import TemporaryFile
from typing import IO

from django.db import connection, transaction
from django.db.models import F
from django.db.models.functions import Now

from accounts.models import User
from reviews.exporting.archive import count_rows, write_archive
from reviews.locks import lock_author
from reviews.models import Export, ExportPart

# How long a worker may be silent. It speaks after every few hundred rows.
LEASE = timedelta(seconds=60)
# One whose workers died of it three times is given up.
MOST_ATTEMPTS = 3
PART = 1024 * 1024


class Superseded(Exception):  # noqa: N818 - no error: somebody else packs it now, or it is wanted no more
    """The export is no longer this worker's."""


@transaction.atomic
def ask(member: User) -> Export:
    """Have the member's export packed, in place of an older one. One that is not finished yet stays the one."""
    lock_author(member.pk)
    unfinished = Export.objects.unfinished().filter(member=member).first()
    if unfinished:
        return unfinished
    Export.objects.filter(member=member).delete()
    transaction.on_commit(wake)
    return Export.objects.create(member=member)


def export_of(member: User) -> Export | None:
    """The member's export, if there is one that is not outdated. One that lies about is taken up again."""
    found = Export.objects.current().filter(member=member).first()
    if found and Export.objects.to_take_up().filter(pk=found.pk).exists():
        wake()
    return found


def parts_of(export: Export) -> Iterator[bytes]:
    """The archive, piece by piece."""
    for content in export.parts.order_by("number").values_list("content", flat=True).iterator(1):
        yield bytes(content)


def wake() -> None:
    """See to it that a thread of this process packs what waits."""
    with _waking:
        if not any(thread.name == THREAD for thread in threading.enumerate()):
            threading.Thread(target=_work_in_thread, name=THREAD, daemon=True).start()


THREAD = "exports"
_waking = threading.Lock()


def _work_in_thread() -> None:
    try:
        work_off()
    finally:
        connection.close()


def work_off() -> int:
    """Pack what waits until nothing does, and clear away what is outdated; how many were packed."""
    Export.objects.outdated().delete()
    packed = 0
    while export := take_up():
        packed += _pack(export)
    return packed


@transaction.atomic
def take_up() -> Export | None:
    """The export that waits longest, now this worker's. Workers pass over what others are just taking."""
    while export := Export.objects.to_take_up().order_by("asked").select_for_update(skip_locked=True).first():
        if export.attempts >= MOST_ATTEMPTS:
            Export.objects.filter(pk=export.pk).update(state=Export.State.FAILED, worker=None, lease=None)
            continue
        export.worker, export.total = uuid.uuid4(), count_rows(export.member)
        Export.objects.filter(pk=export.pk).update(
            state=Export.State.WORKING,
            worker=export.worker,
            lease=Now() + LEASE,
            attempts=F("attempts") + 1,
            total=export.total,
            done=0,
        )
        return export
    return None


def _pack(export: Export) -> bool:
    """Pack it and lay it down; False where it stopped being this worker's meanwhile."""

    def advance(rows: int) -> None:
        if not mine.update(done=F("done") + rows, lease=Now() + LEASE):
            raise Superseded

    mine = Export.objects.filter(pk=export.pk, worker=export.worker)
    with TemporaryFile() as file:
        try:
            write_archive(export.member, file, advance)
            _lay_down(export, file)
        except Superseded:
            return False
    return True


@transaction.atomic
def _lay_down(export: Export, file: IO[bytes]) -> None:
    if not Export.objects.select_for_update().filter(pk=export.pk, worker=export.worker).exists():
        raise Superseded
    size = file.tell()
    file.seek(0)
    for number, content in enumerate(iter(lambda: file.read(PART), b"")):
        ExportPart.objects.create(export=export, number=number, content=content)
    Export.objects.filter(pk=export.pk).update(state=Export.State.READY, size=size, worker=None, lease=None)
