from django.apps import AppConfig
from django.contrib.admin import apps as admin
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    name = "accounts"
    verbose_name = _("Members")


class BackOfficeConfig(admin.AdminConfig):
    default = False
    default_site = "accounts.back_office.BackOffice"
