"""Text as it is compared, addressed and accepted."""

import re
import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from reviewsite.texts import LARGEST, address, control_character, fold, number


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Cléo  de 5 à 7", "cleo de 5 a 7"),
        ("  Straße\t", "strasse"),
        ("İSTANBUL", "istanbul"),
        ("Ångström", "angstrom"),
        ("ﬁn", "fin"),
        ("ＡＢＣ", "abc"),
        ("𝐀𝐁", "ab"),
        ("℡", "tel"),
        ("Ёлка", "елка"),
        ("\u00a0a\u3000b", "a b"),
        ("", ""),
    ],
)
def test_text_is_compared_without_case_accents_and_spacing(text: str, folded: str) -> None:
    assert fold(text) == folded


@given(st.text())
@example("𝐀")
@example("ϓ")
@example("\u1e9b\u0323")
def test_folding_twice_is_folding_once(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@given(st.text())
def test_nothing_folded_has_outer_or_double_spaces(text: str) -> None:
    assert fold(text) == " ".join(fold(text).split())


@pytest.mark.parametrize(
    ("text", "limit", "expected"),
    [
        ("Pusher II 2004", 60, "pusher-ii-2004"),
        ("東京物語", 60, "東京物語"),
        ("a/b?c#d&e=f", 60, "abcdef"),
        ("../../etc", 60, "etc"),
        ("one two three", 8, "one-two"),
        ("_-_", 60, ""),
        ("", 60, ""),
    ],
)
def test_addresses_hold_letters_digits_and_hyphens(text: str, limit: int, expected: str) -> None:
    assert address(text, limit=limit) == expected


@given(st.text(), st.integers(1, 80))
def test_every_address_is_one_that_the_site_answers(text: str, limit: int) -> None:
    made = address(text, limit=limit)
    assert len(made) <= limit
    assert re.fullmatch(r"[-\w]*", made)
    assert made == made.strip("-_")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("0", 0),
        ("12", 12),
        ("007", 7),
        (str(LARGEST), LARGEST),
        (str(LARGEST + 1), LARGEST),
        ("9" * 5000, LARGEST),
        ("", None),
        ("-1", None),
        ("+1", None),
        (" 1", None),
        ("1_0", None),
        ("1.5", None),
        ("²", None),
        ("١", None),
        ("one", None),
    ],
)
def test_a_number_is_read_from_plain_figures_alone(text: str, found: int | None) -> None:
    assert number(text) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("a\nb\r\n\tc", None),
        ("naïve 日本 🎬 \u202e \u200d", None),
        ("a\0b", "U+0000"),
        ("\x07", "U+0007"),
        ("\x7f", "U+007F"),
        ("\x85", "U+0085"),
        ("one \x1b then \0", "U+001B"),
        ("\ud800", "U+D800"),
        ("", None),
    ],
)
def test_control_characters_are_named(text: str, found: str | None) -> None:
    assert control_character(text) == found


def test_control_characters_are_those_that_unicode_calls_so_but_line_breaks_and_tabs() -> None:
    found = {letter for letter in map(chr, range(0x110000)) if control_character(letter)}
    assert found == {letter for letter in map(chr, range(0x110000)) if unicodedata.category(letter) in {"Cc", "Cs"}} - {
        *"\n\r\t"
    }


@given(st.text(st.characters(exclude_categories=["Cc", "Cs"])))
def test_text_without_control_characters_passes(text: str) -> None:
    assert control_character(f"\n{text}\t") is None


@given(st.text(), st.characters(categories=["Cc"], exclude_characters="\n\r\t"), st.text())
def test_a_control_character_is_found_wherever_it_stands(before: str, control: str, after: str) -> None:
    found = control_character(before + control + after)
    assert found
    assert unicodedata.category(chr(int(found[2:], 16))) == "Cc"
