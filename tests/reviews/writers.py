"""Forms as members send them."""

from typing import Any

from django.test import Client

from accounts.models import User
from reviews.models import Title

HEADLINE = "The last lamp on the harbour"
BODY = (
    "The lamplighter walks the length of the harbour, and the camera walks with him, never ahead of him. Nothing is "
    "explained, and little has to be: his coat says what the year was, his limp what it cost him to get this far."
)
OTHER_BODY = BODY.replace("lamplighter", "watchman")


def filled_in(**changes: Any) -> dict[str, Any]:
    """A form that can be published."""
    return {"rating": "8", "headline": HEADLINE, "body": BODY, **changes}


def address(title: Title, act: str = "") -> str:
    return f"/title/{title.slug}/reviews/write/{act}"


def signed_in(member: User) -> Client:
    client = Client()
    client.force_login(member)
    return client
