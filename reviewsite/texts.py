"""Text as it is compared, addressed and accepted."""

import re
import unicodedata

from django.utils.text import slugify
from django.utils.translation import gettext as _

ACCENTS = ("\u0300", "\u036f")
# Line breaks and tabs belong to text; other control characters, and halves of pairs in UTF-16, are refused wherever
# people or files give text.
CONTROL = re.compile("[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
# Turn the reading direction of what follows, beyond the text they stand in.
TURNING = dict.fromkeys([*range(0x202A, 0x202F), *range(0x2066, 0x206A)])
# The largest number that PostgreSQL keeps in a bigint.
LARGEST = 2**63 - 1
# What browsers take for blank around a text; `str.strip` alone leaves the last.
BLANK = "".join(chr(code) for code in range(0x3001) if chr(code).isspace()) + "\ufeff"


def fold(text: str) -> str:
    """The text for comparing: no case, no accents, one space between words: "Cléo  de 5 à 7" as "cleo de 5 a 7"."""
    # Apart first: only then has each letter its case. And again, for what a letter's other case is made of. Together at
    # the end: the marks of Japanese, Hindi or Korean are no accents but make the letter what it is.
    apart = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    bare = "".join(letter for letter in apart if not ACCENTS[0] <= letter <= ACCENTS[1])
    return " ".join(unicodedata.normalize("NFKC", bare).split())


def address(text: str, *, limit: int) -> str:
    """The text as part of an address: letters of any script, digits and hyphens, at most `limit`, maybe none."""
    return slugify(fold(text), allow_unicode=True)[:limit].strip("-_")


def control_character(text: str) -> str | None:
    """The first control character that may not stand in a text, as its code ("U+0000"), or None."""
    found = CONTROL.search(text)
    return f"U+{ord(found[0]):04X}" if found else None


def control_problem(text: str) -> str | None:
    """What to do about the first control character that may not stand in a text, or None."""
    found = control_character(text)
    return _("Take out the control character %(code)s.") % {"code": found} if found else None


def number(text: str) -> int | None:
    """The whole number from 0 that the text is, in plain figures; None if it is none. Beyond all it is `LARGEST`."""
    # Python refuses to read figures by the thousand.
    return min(int(text[:20]), LARGEST) if text.isascii() and text.isdigit() else None


def plain(text: str) -> str:
    """The text with line breaks of one kind and nothing blank around it: as it is counted and kept."""
    return text.replace("\r\n", "\n").replace("\r", "\n").strip(BLANK)


def one_line(text: str) -> str:
    """The text in one line, one space between words, reading in the direction of its letters."""
    return " ".join(plain(text).translate(TURNING).split())


def without_controls(text: str) -> str:
    return CONTROL.sub("", text)


def has_letters(text: str) -> bool:
    """Is there anything to see in the text: a letter, a figure, a sign?"""
    return any(unicodedata.category(letter)[0] in "LNPS" for letter in text)
