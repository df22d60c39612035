"""What members set for themselves, and what follows from it on the pages they read."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.usernames import looks_official
from reviewsite.texts import control_problem, has_letters, one_line, plain

if TYPE_CHECKING:
    Base = forms.ModelForm[User]
else:
    Base = forms.ModelForm


class SettingsForm(Base):
    """The settings of one member; saving writes these columns alone, the counters beside them are the database's."""

    bio = forms.CharField(
        required=False, strip=False, max_length=settings.BIO_LENGTH, widget=forms.Textarea(attrs={"rows": 4})
    )

    class Meta:
        model = User
        fields = ("name", "bio", "spoilers", "theme", "hides_figures")
        widgets = {"spoilers": forms.RadioSelect, "theme": forms.RadioSelect}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].strip = False  # type: ignore[attr-defined]

    def clean_name(self) -> str:
        """In one line, and no other than the member's own where it would pass for somebody of the staff's."""
        name = one_line(_printable(self.cleaned_data["name"]))
        if name and not has_letters(name):
            raise ValidationError(_("Give a name that can be seen, or none: then your username is shown."))
        if name != self.initial.get("name") and looks_official(name, besides=self.instance):
            raise ValidationError(_("This name could be taken for the staff's. Choose a different one."))
        return name

    def clean_bio(self) -> str:
        return plain(_printable(self.cleaned_data["bio"]))

    def save(self, commit: bool = True) -> User:
        self.instance.save(update_fields=self.Meta.fields)
        return self.instance


def _printable(text: str) -> str:
    if problem := control_problem(text):
        raise ValidationError(problem)
    return text


def opens_spoilers(viewer: User | AnonymousUser, *, reviewed: bool) -> bool:
    """Does the viewer want spoilers open, on a title that they reviewed or did not?"""
    if not viewer.is_authenticated:
        return False
    return viewer.spoilers == User.Spoilers.OPEN or (viewer.spoilers == User.Spoilers.REVIEWED and reviewed)


def sees_figures(viewer: User | AnonymousUser, *, rated: bool) -> bool:
    """Does the viewer want averages and histograms shown, on a title that they rated or did not?"""
    return rated or not viewer.is_authenticated or not viewer.hides_figures
