"""How the site writes dates where it differs from Django's choice for a language."""

from datetime import datetime

from django.utils.formats import date_format


def to_the_minute(moment: datetime) -> str:
    """A moment by which something ends: "6 January 2005, 20:15 UTC"."""
    return f"{date_format(moment, 'DATETIME_FORMAT')} UTC"
