"""Templates rendered once for all that looks alike, with gaps for what differs.

Django takes milliseconds for what is a join of a few strings. So a template is rendered with stand-ins, whose printed
values are gaps, once for each shape: each combination of what changes its markup, which the key names. A shape holds no
content and nobody's name: it is to its template what a compiled template is to its file. Values go into gaps as they
are; whoever fills one has escaped what people wrote.
"""

import re
import secrets
from collections.abc import Callable, Hashable, Mapping
from decimal import Decimal
from functools import lru_cache
from html import escape
from typing import Any

from django.contrib.humanize.templatetags.humanize import intcomma
from django.template.loader import get_template
from django.utils.translation import get_language
from django.utils.translation.trans_real import catalog

from reviewsite.kept import Parts, Shelf, weight

# Stands around the name of a gap. Nobody can guess it, and it passes through escaping, addresses and whatever groups
# digits unchanged.
MARK = f"x{secrets.token_hex(12)}"
# The gap "number", where only a number may stand: as an id, in an address.
NUMBER = 10**17 + secrets.randbelow(10**17)
# How the templates are indented is of no use to readers.
INDENT = re.compile(r"[ \t]*\n[ \t\n]*")

shapes: Shelf[Parts] = Shelf(2 * 1024 * 1024)


def gap(name: str) -> str:
    """Printed, a gap: to be filled by that name."""
    return f"{MARK}{name}{MARK}"


def alike(number: int, name: str) -> Any:
    """What counts as the number does, so that it takes the same words; printed, a gap."""
    stand_in = Alike(number)
    stand_in.name = name
    return stand_in


class Alike(Decimal):
    name: str

    def __str__(self) -> str:
        return gap(self.name)

    def __index__(self) -> int:
        return int(self)

    def is_finite(self) -> bool:
        """No, or it would be printed in groups of digits: what is not finite is printed as it is."""
        return False


@lru_cache(maxsize=2000)
def wording(number: int, language: str | None) -> Hashable:
    """The same for numbers that take the same words in the page's language, or in English, which stands in for it: of
    the same plural form; and 0 apart.
    """
    plurals = catalog()._catalog._plurals  # type: ignore[attr-defined]
    return number and (number == 1, *(plural(number) for plural in plurals))


def printed(number: int) -> str:
    return str(number) if number < 1000 else _grouped(number, get_language())


@lru_cache(maxsize=2000)
def _grouped(number: int, language: str | None) -> str:
    return str(intcomma(number))


def shape(
    template: str,
    key: Hashable,
    context: Callable[[], Mapping[str, Any]],
    prints: Callable[[], Mapping[str, str]] = dict,
) -> Parts:
    """The template with its gaps; `key` says all that its markup depends on, the language too.

    `prints` names gaps by what their stand-ins look like on the page, where those cannot look like a gap.
    """
    found = shapes.get((template, key))
    if found is None:
        text = INDENT.sub("\n", get_template(template).render({**context(), "keeping": True}))
        for stand_in, name in {str(NUMBER): "number", **prints()}.items():
            text = text.replace(escape(stand_in), gap(name))
        found = tuple(text.split(MARK))
        shapes.put((template, key), found, weight(found))
    return found


def filled(parts: Parts, gaps: Mapping[str, str]) -> str:
    """The text, its gaps filled."""
    texts = [*parts]
    texts[1::2] = [gaps[name] for name in parts[1::2]]
    return "".join(texts)


def filled_in(parts: Parts, gaps: Mapping[str, str]) -> Parts:
    """The text with these gaps filled, and the others left."""
    texts = [*parts]
    texts[1::2] = [gaps.get(name, name) for name in parts[1::2]]
    done, begin = [], 0
    for at in [at for at in range(1, len(parts), 2) if parts[at] not in gaps]:
        done += ["".join(texts[begin:at]), parts[at]]
        begin = at + 1
    return (*done, "".join(texts[begin:]))
