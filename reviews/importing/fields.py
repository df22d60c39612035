"""One field at a time: from what a file holds to what the site keeps, or the reason why not.

Every function takes a value as JSON or CSV gives it and raises `RefusedError` with words that go on after the
field's name: "rating" + "is 11; it must be ...".
"""

import html
import math
import re
import unicodedata
from collections.abc import Collection
from datetime import UTC, datetime, timedelta

from reviewsite.texts import TURNING, control_character

# Only with a semicolon: in "?a=1&copy=2" nothing is an entity.
_ENTITY = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
_BLANK_LINES = re.compile(r"\n(?:[^\S\n]*\n){2,}")
_WHOLE = re.compile(r"([+-]?[0-9]{1,18})(?:\.0*)?", re.ASCII)
_MOMENT = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}"
    r"(?:[T ][0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:[.,][0-9]+)?)?(?:Z|[+-][0-9]{2}(?::?[0-9]{2})?)?)?",
    re.ASCII,
)
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{1,8})*", re.ASCII)

FLAGS = {"": False, "false": False, "no": False, "0": False, "true": True, "yes": True, "1": True}
CLOCK_SKEW = timedelta(days=1)


class RefusedError(ValueError):
    """A value that cannot be taken; the words say why."""


def shown(value: object) -> str:
    """The value as it may stand in a message: short, and in printable characters."""
    if value is None:
        return "empty"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (list, dict)):
        return "a list" if isinstance(value, list) else "an object"
    text = str(value)
    text = text if len(text) <= 40 else f"{text[:30]}... ({len(text):,} characters)"
    return repr(text) if isinstance(value, str) and not _WHOLE.fullmatch(text) else text


def as_text(value: object) -> str:
    """Text that may be kept, maybe empty: a string, or a number for those who name a film 1984."""
    if value is None:
        return ""
    if isinstance(value, bool) or not isinstance(value, (str, int)):
        raise RefusedError(f"is {shown(value)}; it must be text")
    return _free_of_controls(str(value))


def _free_of_controls(text: str) -> str:
    code = control_character(text)
    if code is None:
        return text
    if "U+DC80" <= code <= "U+DCFF":
        raise RefusedError("is not UTF-8")
    raise RefusedError(f"has the control character {code}")


def _unescaped(value: object) -> str:
    text = as_text(value)
    return _free_of_controls(_ENTITY.sub(_entity, text)) if "&" in text else text


def escaped(text: str) -> str:
    """The text as a file may hold it: what looks like an entity stands for itself when it is read."""
    return _ENTITY.sub(lambda found: f"&amp;{found[0][1:]}", text)


def _entity(found: re.Match[str]) -> str:
    text = html.unescape(found[0])
    if text in {"", "\ufffd"}:
        raise RefusedError(f"has {found[0]}, which stands for no character")
    return text


def _required(text: str, longest: int) -> str:
    if not text:
        raise RefusedError("is missing")
    if not any(unicodedata.category(letter)[0] not in "ZC" for letter in text):
        raise RefusedError("has no visible character")
    return _not_too_long(text, longest)


def _not_too_long(text: str, longest: int) -> str:
    if len(text) > longest:
        raise RefusedError(f"has {len(text):,} characters; it must have at most {longest:,}")
    return text


def _one_line(value: object) -> str:
    # A name in Hebrew or Arabic reads right without what turns the direction.
    return " ".join(_unescaped(value).translate(TURNING).split())


def exact(value: object, longest: int) -> str:
    """Text that the site itself has written into the file: entities resolved, the rest as it stands."""
    return _required(_unescaped(value), longest)


def optional_line(value: object, longest: int) -> str:
    """Text on one line, trimmed, maybe empty: entities resolved, no marks of direction, white space made one space."""
    return _not_too_long(_one_line(value), longest)


def line(value: object, longest: int) -> str:
    """The same, but not empty."""
    return _required(_one_line(value), longest)


def name(value: object, longest: int) -> str:
    """A line that tells things apart: the same letters are the same name, whether composed or not."""
    return _required(unicodedata.normalize("NFC", _one_line(value)), longest)


def optional_paragraphs(value: object, longest: int) -> str:
    """Text with its paragraphs, trimmed, maybe empty: one kind of line break, one blank line between paragraphs."""
    text = _unescaped(value).replace("\r\n", "\n").replace("\r", "\n").strip()
    return _not_too_long(_BLANK_LINES.sub("\n\n", text), longest)


def paragraphs(value: object, longest: int) -> str:
    """The same, but not empty."""
    return _required(optional_paragraphs(value, longest), longest)


def key(value: object, longest: int) -> str | None:
    """A source's own identifier, trimmed; None when empty."""
    return _not_too_long(as_text(value).strip(), longest) or None


def whole(value: object, low: int, high: int) -> int | None:
    """A whole number from `low` to `high`; None when empty."""
    if value is None or (isinstance(value, str) and not value.strip()):
        return None
    number: int | None = None
    if isinstance(value, str) and (found := _WHOLE.fullmatch(value.strip())):
        number = int(found[1])
    elif isinstance(value, float) and math.isfinite(value) and value.is_integer():
        number = int(value)
    elif isinstance(value, int) and not isinstance(value, bool):
        number = value
    if number is None or not low <= number <= high:
        raise RefusedError(f"is {shown(value)}; it must be a whole number from {low} to {high} or empty")
    return number


def flag(value: object) -> bool:
    """Yes or no; empty is no."""
    if value is None or isinstance(value, bool):
        return bool(value)
    word = str(value).strip().lower() if isinstance(value, (str, int)) else "?"
    if word not in FLAGS:
        raise RefusedError(f"is {shown(value)}; it must be true or false")
    return FLAGS[word]


def moment(value: object, now: datetime) -> datetime:
    """A date, or a date with a time; UTC where no offset is given, and midnight where no time is."""
    if value is None or (isinstance(value, str) and not value.strip()):
        raise RefusedError("is missing")
    if not isinstance(value, str) or not _MOMENT.fullmatch(value.strip()):
        raise RefusedError(f"is {shown(value)}; it must be as in 2006-03-11, or with a time as in 2006-03-11T20:15:00Z")
    try:
        found = datetime.fromisoformat(value.strip())
        found = found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
    except (ValueError, OverflowError) as problem:
        raise RefusedError(f"is {shown(value)}; there is no such date or time") from problem
    if found > now + CLOCK_SKEW:
        raise RefusedError(f"is {shown(value)}, which lies in the future")
    return found


def language(value: object) -> str:
    """A BCP 47 language tag; may be empty."""
    text = as_text(value).strip()
    if text and (len(text) > 35 or not _LANGUAGE.fullmatch(text)):
        raise RefusedError(f"is {shown(text)}; it must be a language tag as in en or pt-BR, or empty")
    return text


def choice(value: object, choices: Collection[str], default: str) -> str:
    """One of the choices, in any case; the default when empty."""
    text = as_text(value).strip().lower() or default
    if text not in choices:
        raise RefusedError(f"is {shown(value)}; it must be {', '.join(choices)} or empty")
    return text
