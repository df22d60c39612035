"""Members of the site."""

from typing import Any, ClassVar, Self

from django.contrib.auth.models import AbstractUser, UserManager
from django.db import models
from django.db.models.functions import Upper
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

LONGEST_NAME = 150


class User(AbstractUser):
    """A member: someone who signed up, or the writer of imported reviews, who cannot sign in.

    `username` is the address (`/user/<username>/`), `name` what readers see; it may be any text and need not be unique.
    """

    class Spoilers(models.TextChoices):
        FOLDED = "folded", _("Always folded")
        REVIEWED = "reviewed", _("Open for titles I reviewed")
        OPEN = "open", _("Always open")

    class Theme(models.TextChoices):
        SYSTEM = "system", _("As the system says")
        LIGHT = "light", _("Light")
        DARK = "dark", _("Dark")

    first_name = None  # type: ignore[assignment]
    last_name = None  # type: ignore[assignment]

    name = models.CharField(_("shown name"), max_length=LONGEST_NAME, blank=True, db_default="")
    bio = models.TextField(_("about"), blank=True, default="", db_default="")
    spoilers = models.CharField(
        _("spoilers"), max_length=10, choices=Spoilers, default=Spoilers.FOLDED, db_default=Spoilers.FOLDED
    )
    theme = models.CharField(
        _("light or dark"), max_length=10, choices=Theme, default=Theme.SYSTEM, db_default=Theme.SYSTEM
    )
    hides_figures = models.BooleanField(
        _("hide averages and histograms until I have rated"), default=False, db_default=False
    )
    source_key = models.CharField(
        _("imported as"),
        max_length=300,
        null=True,
        blank=True,
        editable=False,
        help_text=_("Who this member is in an imported file; empty for those who signed up."),
    )
    former = models.BooleanField(
        _("left"),
        default=False,
        db_default=False,
        editable=False,
        help_text=_("Nobody any more: holds the reviews that a member left behind on leaving."),
    )
    is_demo = models.BooleanField(_("of the demo"), default=False, db_default=False, editable=False)
    # Until when the member may read, export and appeal, and nothing else; for good without an end.
    suspended = models.BooleanField(_("suspended"), default=False, db_default=False, editable=False)
    suspended_until = models.DateTimeField(_("suspended until"), null=True, editable=False)
    unread_notices = models.IntegerField(_("unread notices"), default=0, db_default=0, editable=False)
    review_count = models.IntegerField(
        _("published reviews"), default=0, db_default=0, editable=False, help_text=_("Kept by the database.")
    )

    objects: ClassVar[UserManager[Self]] = UserManager()

    class Meta:
        verbose_name = _("member")
        verbose_name_plural = _("members")
        constraints = [
            # Django compares UPPER(...) where case does not matter; the same expression lets sign-in use the index.
            models.UniqueConstraint(Upper("username"), name="user_username_whatever_case"),
            models.UniqueConstraint("source_key", name="user_imported_once"),
            models.CheckConstraint(condition=models.Q(review_count__gte=0), name="user_review_count_not_negative"),
            models.CheckConstraint(condition=models.Q(unread_notices__gte=0), name="user_unread_notices_not_negative"),
            models.CheckConstraint(
                condition=models.Q(suspended=True) | models.Q(suspended_until=None),
                name="user_suspended_until_possible",
            ),
            models.CheckConstraint(
                condition=models.Q(spoilers__in=["folded", "reviewed", "open"]), name="user_spoilers_known"
            ),
            models.CheckConstraint(condition=models.Q(theme__in=["system", "light", "dark"]), name="user_theme_known"),
        ]
        indexes = [
            models.Index(Upper("email"), name="user_email_whatever_case"),
        ]

    def __str__(self) -> str:
        return self.shown_name

    def save(self, *, force_insert: Any = False, force_update: bool = False, **options: Any) -> None:
        """A member who was deleted meanwhile is not made anew, as Django would: `User.NotUpdated`."""
        there = not self._state.adding and not force_insert
        super().save(force_insert=force_insert, force_update=force_update or there, **options)

    @property
    def is_suspended(self) -> bool:
        return self.suspended and (self.suspended_until is None or self.suspended_until > timezone.now())

    @property
    def shown_name(self) -> str:
        return gettext("a former member") if self.former else self.name or self.username

    @property
    def monogram(self) -> str:
        return self.shown_name[:1].upper()

    def get_full_name(self) -> str:
        return self.shown_name

    def get_short_name(self) -> str:
        return self.shown_name

    def get_absolute_url(self) -> str:
        return reverse("member", args=[self.username])
