"""A review's text in paragraphs, with folded passages, cut where it is long."""

import re
import time
from collections.abc import Callable

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from reviews.prose import (
    REST_LEAST,
    SHOWN_LEAST,
    SHOWN_MOST,
    Paragraph,
    Prose,
    clamped,
    folds,
    loose_mark,
    paragraphs,
    runs,
    whole,
    words,
)

SENTENCE = "The rain stops and nobody on the pier looks up. "


def text_of(parts: object) -> list[str]:
    """Each paragraph as it was typed."""
    return ["".join(f">!{run.text}!<" if run.folded else run.text for run in part) for part in parts]  # type: ignore[attr-defined]


def folded(paragraph: Paragraph) -> list[str]:
    return [run.text for run in paragraph if run.folded]


def joined(prose: Prose) -> str:
    """All of the text without its spaces."""
    return re.sub(r"\s", "", "".join([*text_of(prose.shown), *text_of(prose.rest)]))


def length(prose: Prose) -> int:
    return sum(map(len, text_of(prose.shown)))


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("One.\n\nTwo.", ["One.", "Two."]),
        ("One.\r\n\r\nTwo.\r\n", ["One.", "Two."]),
        ("One.\n \t \n\n\n  Two.", ["One.", "Two."]),
        ("One\nstill one", ["One\nstill one"]),
        ("\n\n  \n", []),
        ("<p>One</p>", ["<p>One</p>"]),
    ],
)
def test_paragraphs_end_at_empty_lines(body: str, expected: list[str]) -> None:
    assert paragraphs(body) == expected


@pytest.mark.parametrize(
    ("paragraph", "hidden"),
    [
        ("It was >!the butler!< again.", ["the butler"]),
        (">!All of it!<", ["All of it"]),
        (">!One!< and >!two!<", ["One", "two"]),
        (">!a!<>!b!<", ["a", "b"]),
        ("It was >!the butler again.", []),
        ("It was the butler!< again.", []),
        ("!<turned round>!", []),
        ("Nothing in >!!< it.", []),
        ("Nothing in >!!< it, but >!the butler!< there.", ["the butler"]),
        (">!a >!b!< c!<", ["a >!b"]),
        ("> ! not a mark ! <", []),
        ("x > y, y! < z", []),
    ],
)
def test_what_stands_between_the_marks_is_folded_and_all_else_is_text(paragraph: str, hidden: list[str]) -> None:
    assert folded(runs(paragraph)) == hidden
    assert text_of([runs(paragraph)]) == [paragraph]


def test_a_line_break_within_a_fold_does_not_open_it() -> None:
    assert folded(runs("It was >!the butler\nand the cook!< again.")) == ["the butler\nand the cook"]


@pytest.mark.parametrize(
    ("body", "hidden"),
    [
        ("It was >!the butler.\n\nAnd the cook!< as well.", [["the butler."], ["And the cook"]]),
        ("It was\n\n>!\n\nthe butler.\n \n\nHe did it.\n\n!<\n\nSad.", [[], ["the butler."], ["He did it."], []]),
        (">!One.\n\nTwo.!< and >!three.\n\nFour.!<", [["One."], ["Two.", "three."], ["Four."]]),
        ("It was >!the butler.\n\nOr was it?", [[], []]),
        ("It was the butler!<.\n\nOr >!was it?", [[], []]),
    ],
)
def test_a_fold_reaches_over_paragraphs_to_where_it_is_closed(body: str, hidden: list[list[str]]) -> None:
    assert [folded(part) for part in whole(body).shown] == hidden
    assert joined(whole(body)).replace(">!", "").replace("!<", "") == re.sub(r"\s|>!|!<", "", body)


def test_a_fold_over_paragraphs_stays_folded_beyond_the_cut() -> None:
    passage = [SENTENCE.strip()] * 60
    prose = clamped("Before. >!" + "\n\n".join(passage) + "!< After.")
    assert prose.rest
    hidden = [text for part in [*prose.shown, *prose.rest] for text in folded(part)]
    assert hidden == passage
    assert "rain" not in "".join(run.text for part in prose.rest for run in part if not run.folded)


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("No mark.", None),
        (">!Folded!< and >!folded\n\ntoo!<.", None),
        ("It was >!the butler.", 7),
        ("It was the butler!<.", 17),
        (">!a!< and !< and >!b!<", 10),
        (">!a!<!<", 5),
        (">!a!< >!", 6),
        (">!!<", 0),
    ],
)
def test_a_mark_without_the_other_is_found(text: str, at: int | None) -> None:
    assert loose_mark(text) == at


@pytest.mark.parametrize("characters", [1, SHOWN_LEAST, SHOWN_MOST - 1, SHOWN_MOST])
def test_a_text_that_fits_is_shown_in_full(characters: int) -> None:
    body = (SENTENCE * 30)[: characters - 1] + "."
    prose = clamped(body)
    assert (text_of(prose.shown), prose.rest, prose.more_words, prose.runs_on) == ([body], (), 0, False)


def test_a_long_text_is_cut_at_the_end_of_a_paragraph() -> None:
    parts = [SENTENCE * 6, SENTENCE * 6, SENTENCE * 6, SENTENCE * 20]
    prose = clamped("\n\n".join(parts))
    assert text_of(prose.shown) == [part.strip() for part in parts[:3]]
    assert text_of(prose.rest) == [parts[3].strip()]
    assert prose.more_words == 20 * 10
    assert not prose.runs_on


def test_a_long_paragraph_is_cut_at_the_last_sentence_that_fits() -> None:
    prose = clamped("A short one.\n\n" + SENTENCE * 60)
    assert prose.runs_on
    assert len(prose.shown) == 2
    assert text_of(prose.shown)[-1].endswith("looks up.")
    assert text_of(prose.rest)[0].startswith("The rain")
    assert SHOWN_MOST - len(SENTENCE) <= length(prose) <= SHOWN_MOST


def test_without_sentences_it_is_cut_between_two_words() -> None:
    prose = clamped("Yes. " + "over and out " * 300)
    assert SHOWN_LEAST <= length(prose) <= SHOWN_MOST
    assert re.fullmatch(r"Yes\. ((over|and|out) ?)+", text_of(prose.shown)[0])


def test_one_word_without_end_is_not_cut() -> None:
    body = "a" * 50_000
    assert clamped(body) == whole(body)


@pytest.mark.parametrize(("more", "cut"), [(REST_LEAST - 1, False), (REST_LEAST, True)])
def test_it_is_not_cut_for_the_sake_of_a_few_words(more: int, cut: bool) -> None:
    prose = clamped(SENTENCE * 16 + "\n\n" + "words " * more)
    assert bool(prose.rest) is cut
    assert prose.more_words == (more if cut else 0)


@pytest.mark.parametrize("before", [0, 400, 700, 880])
def test_a_fold_is_never_cut(before: int) -> None:
    fold = f">!{SENTENCE * 40}!<"
    body = (SENTENCE * 30)[:before] + fold + " " + SENTENCE * 60
    prose = clamped(body)
    hidden = [text for part in [*prose.shown, *prose.rest] for text in folded(part)]
    assert hidden == [SENTENCE * 40]
    assert joined(prose) == re.sub(r"\s", "", body)


def test_japanese_is_cut_at_its_own_full_stops_and_counted_by_letters() -> None:
    sentence = "雨がやんでも、桟橋の人々は誰も空を見上げなかった。"
    prose = clamped(sentence * 100)
    assert prose.runs_on
    assert SHOWN_MOST - len(sentence) <= length(prose) <= SHOWN_MOST
    assert text_of(prose.shown)[0].endswith("。")
    assert text_of(prose.rest)[0].startswith("雨")
    assert prose.more_words > len(text_of(prose.rest)[0]) // 3
    assert clamped(sentence * 38).rest == ()


@pytest.mark.parametrize(
    ("text", "number"), [("", 0), ("one", 1), (" one  two\nthree ", 3), ("日本語の字", 2), ("one 日本語の two", 4)]
)
def test_words_are_counted(text: str, number: int) -> None:
    assert words(text) == number


def unmarked(text: str) -> str:
    """Without spaces and all that marks are made of: a passage over several paragraphs has marks in each."""
    return re.sub(r"[\s<>!]", "", text)


@given(st.text(alphabet="a \n>!<", max_size=80))
def test_what_stands_between_marks_is_folded_whatever_else_there_is(body: str) -> None:
    hidden = "".join(text for part in whole(body).shown for text in folded(part))
    between = "".join(body[start + 2 : end - 2] for start, end in folds(body))
    assert re.sub(r"\s", "", hidden) == re.sub(r"\s", "", between)


pieces = st.lists(
    st.sampled_from(
        [
            "a ",
            "Word. ",
            "word ",
            SENTENCE,
            SENTENCE * 9,
            ">!",
            "!<",
            "\n\n",
            "\n",
            "\r\n\r\n",
            "。",
            "雨。",
            "x" * 70,
            "!",
        ]
    ),
    max_size=60,
).map("".join)


@given(pieces | st.text(max_size=2000))
@example(">!" + SENTENCE * 20 + "\n\n" + SENTENCE * 20 + "!<")
@example("x" * SHOWN_MOST + "。" * 400 + " y" * 80)
@example("Well. " + ">!" + "y " * 600 + "!<" + " z" * 100)
def test_shown_and_rest_are_together_the_whole_text(body: str) -> None:
    prose = clamped(body)
    assert joined(prose) == joined(whole(body))
    assert unmarked(joined(prose)) == unmarked(body)
    assert [text for part in [*prose.shown, *prose.rest] for text in folded(part)] == [
        text for part in whole(body).shown for text in folded(part)
    ]
    assert not prose.rest or (0 < length(prose) <= SHOWN_MOST and prose.more_words >= REST_LEAST)
    assert sum(map(len, paragraphs(body))) > SHOWN_MOST or not prose.rest


HOSTILE = [
    ">" * 100_000,
    "!" * 100_000,
    ">!" * 50_000,
    "!<" * 50_000,
    ">!" * 50_000 + "!<",
    ">!<" * 33_333,
    ">!a!<" * 20_000,
    ". >!a!<" * 14_000,
    ">!a" * 33_333,
    "." * 100_000,
    "。" * 100_000,
    '."' * 50_000,
    "\n" * 100_000,
    "\n " * 50_000 + "x",
    "x\n" + "\t" * 99_000 + "x",
    " " * 50_000 + "x" + " " * 49_000,
    "日" * 100_000,
    "a" * 50_000 + " " + "b" * 49_999,
]


def seconds(act: Callable[[], object]) -> float:
    """Of the processor; the least of three times, which other things on the machine disturb least."""
    took = []
    for _ in range(3):
        before = time.process_time()
        act()
        took.append(time.process_time() - before)
    return min(took)


@pytest.mark.parametrize("body", HOSTILE, ids=lambda body: f"{body[:8]!r}")
def test_no_text_takes_long(body: str) -> None:
    assert joined(clamped(body)) == re.sub(r"\s", "", body)
    a_look_at_each_letter = seconds(lambda: [letter for letter in body if letter == "-"])
    assert seconds(lambda: clamped(body)) < 150 * a_look_at_each_letter, "not so many times per letter"
