"""Text as it is compared, addressed and accepted."""

import unicodedata

from django.utils.text import slugify

# Line breaks and tabs belong to text; every other control character is refused wherever people or files give text.
ALLOWED_CONTROLS = "\n\r\t"


def fold(text: str) -> str:
    """The text for comparing: no case, no accents, one space between words. "Cléo  de 5 à 7" becomes "cleo de 5 a 7"."""
    apart = unicodedata.normalize("NFKD", text.casefold())
    return " ".join("".join(letter for letter in apart if not unicodedata.combining(letter)).split())


def address(text: str, *, limit: int) -> str:
    """The text as part of an address: letters of any script, digits and hyphens, at most `limit` of them, maybe none."""
    return slugify(fold(text), allow_unicode=True)[:limit].strip("-_")


def control_character(text: str) -> str | None:
    """The first control character that may not stand in a text, as its code ("U+0000"), or None."""
    for letter in text:
        if unicodedata.category(letter) in {"Cc", "Cs"} and letter not in ALLOWED_CONTROLS:
            return f"U+{ord(letter):04X}"
    return None
