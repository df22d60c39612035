"""Text as it is compared, addressed and accepted."""

import unicodedata

from django.utils.text import slugify

# Line breaks and tabs belong to text; other control characters are refused wherever people or files give text.
ACCENTS = ("\u0300", "\u036f")
ALLOWED_CONTROLS = "\n\r\t"
# Turn the reading direction of what follows, beyond the text they stand in.
TURNING = dict.fromkeys([*range(0x202A, 0x202F), *range(0x2066, 0x206A)])
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
    for letter in text:
        if unicodedata.category(letter) in {"Cc", "Cs"} and letter not in ALLOWED_CONTROLS:
            return f"U+{ord(letter):04X}"
    return None


def plain(text: str) -> str:
    """The text with line breaks of one kind and nothing blank around it: as it is counted and kept."""
    return text.replace("\r\n", "\n").replace("\r", "\n").strip(BLANK)


def one_line(text: str) -> str:
    """The text in one line, one space between words, reading in the direction of its letters."""
    return " ".join(plain(text).translate(TURNING).split())


def without_controls(text: str) -> str:
    return "".join(letter for letter in text if not control_character(letter))


def has_letters(text: str) -> bool:
    """Is there anything to see in the text: a letter, a figure, a sign?"""
    return any(unicodedata.category(letter)[0] in "LNPS" for letter in text)
