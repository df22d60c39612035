"""Exports: everything of a member's, being packed or ready to be fetched."""

from datetime import datetime, timedelta
from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

KEPT = timedelta(days=7)


class ExportQuerySet(models.QuerySet["Export"]):
    def unfinished(self) -> Self:
        return self.filter(state__in=[Export.State.WAITING, Export.State.WORKING])

    def to_take_up(self) -> Self:
        """Those that wait, and those whose worker has not been heard of for longer than it may be silent."""
        return self.unfinished().filter(Q(lease__isnull=True) | Q(lease__lt=Now()))

    def current(self) -> Self:
        return self.filter(asked__gte=Now() - KEPT)

    def outdated(self) -> Self:
        return self.filter(asked__lt=Now() - KEPT)


class Export(models.Model):
    """What a member asked to take along: at most one a member, so a new one takes the place of the last.

    The row is the queue: it survives whatever is restarted, and any machine may work on it. Whoever does holds a lease
    (`lease`, under the name `worker`) and renews it with every step; one that is over is anybody's to take up.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting")
        WORKING = "working", _("being packed")
        READY = "ready", _("ready")
        FAILED = "failed", _("failed")

    member = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, related_name="export")
    asked = models.DateTimeField(_("asked for"), auto_now_add=True)
    state = models.CharField(max_length=10, choices=State, default=State.WAITING, db_default=State.WAITING)
    done = models.IntegerField(_("rows packed"), default=0, db_default=0)
    total = models.IntegerField(_("rows"), default=0, db_default=0)
    attempts = models.SmallIntegerField(default=0, db_default=0)
    worker = models.UUIDField(null=True)
    lease = models.DateTimeField(null=True)
    size = models.BigIntegerField(_("bytes"), default=0, db_default=0)

    objects: ClassVar[models.Manager["Export"]] = ExportQuerySet.as_manager()

    class Meta:
        verbose_name = _("export")
        verbose_name_plural = _("exports")
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["waiting", "working", "ready", "failed"]), name="export_state_known"
            ),
        ]
        indexes = [models.Index("asked", name="export_unfinished", condition=Q(state__in=["waiting", "working"]))]

    def __str__(self) -> str:
        return f"export of member {self.member_id}: {self.state}"

    @property
    def is_unfinished(self) -> bool:
        return self.state in (self.State.WAITING, self.State.WORKING)

    @property
    def kept_until(self) -> datetime:
        return self.asked + KEPT


class ExportPart(models.Model):
    """A piece of the archive. It lies in the database so that every web machine can hand it out."""

    export = models.ForeignKey(Export, models.CASCADE, related_name="parts", db_index=False)
    number = models.IntegerField()
    content = models.BinaryField()

    class Meta:
        constraints = [models.UniqueConstraint("export", "number", name="export_part_numbered_once")]

    def __str__(self) -> str:
        return f"part {self.number} of {self.export_id}"
