"""Members in Django's admin."""

from typing import Any

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.db.models import Model, QuerySet
from django.forms import ModelForm
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.models import User

RIGHTS = ("is_staff", "is_superuser", "groups", "user_permissions")


class SavesWhatChanged:
    """Saves the fields that were changed in the form and no others: the counters beside them are the database's."""

    def save_model(self, request: HttpRequest, obj: Model, form: "ModelForm[Any]", change: bool) -> None:
        if not change:
            obj.save()
        else:
            columns = {field.name for field in obj._meta.concrete_fields}
            obj.save(update_fields=columns & set(form.changed_data))


class OriginFilter(admin.SimpleListFilter):
    title = _("origin")
    parameter_name = "origin"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("joined", _("joined here")), ("imported", _("imported")), ("demo", _("of the demo"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[User]) -> QuerySet[User]:
        match self.value():
            case "joined":
                return queryset.filter(source_key=None, is_demo=False)
            case "imported":
                return queryset.exclude(source_key=None).filter(is_demo=False)
            case "demo":
                return queryset.filter(is_demo=True)
        return queryset


@admin.register(User)
class MemberAdmin(SavesWhatChanged, UserAdmin):  # type: ignore[type-arg]
    list_display = (
        "username",
        "name",
        "email",
        "origin",
        "review_count",
        "suspended",
        "is_active",
        "is_staff",
        "date_joined",
    )
    list_filter = (OriginFilter, "suspended", "is_active", "is_staff", "is_superuser", "groups", "date_joined")
    list_per_page = 50
    show_full_result_count = False
    ordering = ("-id",)
    search_fields = ("username", "name", "email")
    readonly_fields = (
        "origin",
        "source_key",
        "review_count",
        "last_login",
        "date_joined",
        "suspended",
        "suspended_until",
    )
    fieldsets = (
        (None, {"fields": ("username", "name", "email", "password")}),
        (_("Origin"), {"fields": ("origin", "source_key", "review_count", "date_joined", "last_login")}),
        (_("Suspension"), {"fields": ("suspended", "suspended_until")}),
        (_("Permissions"), {"fields": ("is_active", *RIGHTS)}),
    )

    @admin.display(description=_("origin"))
    def origin(self, member: User) -> Any:
        if member.is_demo:
            return _("of the demo")
        return _("imported") if member.source_key else _("joined here")

    def get_readonly_fields(self, request: HttpRequest, obj: User | None = None) -> tuple[str, ...]:
        """Rights are given by superusers alone, or whoever may edit members could make themselves one."""
        fields = tuple(super().get_readonly_fields(request, obj))
        return fields if request.user.is_superuser else (*fields, *RIGHTS)

    def has_change_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        if obj and obj.is_superuser and not request.user.is_superuser:
            return False
        return super().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        if obj and obj.is_superuser and not request.user.is_superuser:
            return False
        return super().has_delete_permission(request, obj)
