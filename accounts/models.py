"""Members of the site."""

from typing import ClassVar

from django.contrib.auth.models import AbstractUser, UserManager
from django.db import models
from django.db.models.functions import Upper
from django.urls import reverse
from django.utils.translation import gettext_lazy as _


class User(AbstractUser):
    """A member: someone who signed up, or the writer of imported reviews, who cannot sign in.

    `username` is the address (`/user/<username>/`), `name` what readers see; it may be any text and need not be unique.
    """

    first_name = None  # type: ignore[assignment]
    last_name = None  # type: ignore[assignment]

    name = models.CharField(_("shown name"), max_length=150, blank=True, db_default="")
    source_key = models.CharField(
        _("imported as"),
        max_length=300,
        null=True,
        blank=True,
        editable=False,
        help_text=_("Who this member is in an imported file; empty for those who signed up."),
    )
    is_demo = models.BooleanField(_("of the demo"), default=False, db_default=False, editable=False)
    review_count = models.IntegerField(
        _("published reviews"), default=0, db_default=0, editable=False, help_text=_("Kept by the database.")
    )

    objects: ClassVar[UserManager["User"]] = UserManager()

    class Meta:
        verbose_name = _("member")
        verbose_name_plural = _("members")
        constraints = [
            # Django compares UPPER(...) where case does not matter; the same expression lets sign-in use the index.
            models.UniqueConstraint(Upper("username"), name="user_username_whatever_case"),
            models.UniqueConstraint("source_key", name="user_imported_once"),
            models.CheckConstraint(condition=models.Q(review_count__gte=0), name="user_review_count_not_negative"),
        ]
        indexes = [
            models.Index(Upper("email"), name="user_email_whatever_case"),
        ]

    def __str__(self) -> str:
        return self.shown_name

    @property
    def shown_name(self) -> str:
        return self.name or self.username

    def get_full_name(self) -> str:
        return self.shown_name

    def get_short_name(self) -> str:
        return self.shown_name

    def get_absolute_url(self) -> str:
        return reverse("member", args=[self.username])
