"""A review's text as it is shown: paragraphs, folded passages, and where a long text is cut.

Text from people is text. This module only says what stands where; the template writes the markup.
"""

import itertools
import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

# A longer text is cut at the last end of a paragraph, else of a sentence, between these two marks (characters) ...
SHOWN_LEAST, SHOWN_MOST = 450, 900
# ... unless fewer words than this would remain.
REST_LEAST = 60

FOLD, UNFOLD = ">!", "!<"
PARAGRAPH_BREAK = re.compile(r"\n[^\S\n]*\n\s*")
SENTENCE_END = re.compile(r"""(?:[.!?…]+["'”’»)\]]*(?=\s)|[。！？]+[」』”’）]*)""")
LAST_SENTENCE_END = re.compile(f"(?s:.*)(?:{SENTENCE_END.pattern})")
SENTENCE_MARKS = """.!?…"'”’»)]。！？」』）"""
BEFORE_SPACE = re.compile(r"(?=\s)")
# Scripts written without spaces: two letters make about one word.
UNSPACED = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\u0e00-\u0eff]")


class Run(NamedTuple):
    """A piece of a paragraph; `folded` where the writer marked it as giving something away."""

    text: str
    folded: bool = False


Paragraph = Sequence[Run]


class Prose(NamedTuple):
    """What is shown at once, what "Read on" opens, and how many words that is.

    `runs_on`: the cut falls within a paragraph, so the first of the rest continues the last of those shown.
    """

    shown: Sequence[Paragraph]
    rest: Sequence[Paragraph] = ()
    more_words: int = 0
    runs_on: bool = False


def paragraphs(body: str) -> list[str]:
    """The paragraphs as they were typed. A folded passage that runs over several is one in each of them."""
    if FOLD in body:
        pieces, at = [], 0
        for start, end in folds(body):
            inner = PARAGRAPH_BREAK.split(body[start + len(FOLD) : end - len(UNFOLD)])
            parts = [f"{FOLD}{part}{UNFOLD}" if part.strip() or len(inner) == 1 else "" for part in inner]
            pieces += [body[at:start], "\n\n".join(parts)]
            at = end
        body = "".join([*pieces, body[at:]])
    return [text for part in PARAGRAPH_BREAK.split(body.strip()) if (text := part.strip())]


def folds(text: str) -> Iterator[tuple[int, int]]:
    """Where the folded passages begin and end, their marks included. One look at each mark, whatever the text."""
    end = 0
    while (start := text.find(FOLD, end)) >= 0 and (close := text.find(UNFOLD, start + len(FOLD))) >= 0:
        end = close + len(UNFOLD)
        if close > start + len(FOLD):
            yield start, end


def loose_mark(text: str) -> int | None:
    """Where the first mark stands that folds nothing, as it has no other one; None where each has."""
    at = 0
    for start, end in [*folds(text), (len(text), len(text))]:
        found = [place for mark in (FOLD, UNFOLD) if (place := text.find(mark, at, start)) >= 0]
        if found:
            return min(found)
        at = end
    return None


def runs(paragraph: str) -> Paragraph:
    """The paragraph in pieces: passages between `>!` and `!<` are folded, anything else stands as it was typed."""
    if FOLD not in paragraph:
        return [Run(paragraph)] if paragraph else []
    pieces, at = [], 0
    for start, end in folds(paragraph):
        pieces += [Run(paragraph[at:start]), Run(paragraph[start + len(FOLD) : end - len(UNFOLD)], folded=True)]
        at = end
    return [run for run in [*pieces, Run(paragraph[at:])] if run.text]


def without_folds(text: str, instead: str) -> str:
    """The text with `instead` in the place of each folded passage, where nothing can be folded."""
    return "\n\n".join("".join(instead if run.folded else run.text for run in runs(part)) for part in paragraphs(text))


def words(text: str) -> int:
    if text.isascii() or not UNSPACED.search(text):
        return len(text.split())
    unspaced = len(UNSPACED.findall(text))
    return len(UNSPACED.sub(" ", text).split()) + unspaced // 2


def whole(body: str) -> Prose:
    return _whole(paragraphs(body))


def clamped(body: str) -> Prose:
    """The text, cut for a list of reviews where it is long."""
    parts = paragraphs(body)
    if sum(map(len, parts)) <= SHOWN_MOST:
        return _whole(parts)
    shown, rest, runs_on = _cut(parts)
    more = words(" ".join(rest))
    if more < REST_LEAST:
        return _whole(parts)
    return Prose([runs(part) for part in shown], [runs(part) for part in rest], more, runs_on)


def _whole(parts: list[str]) -> Prose:
    return Prose([runs(part) for part in parts])


def _cut(parts: list[str]) -> tuple[list[str], list[str], bool]:
    """The paragraphs before and after the cut, and whether it falls within one."""
    length, shown = 0, 0
    while shown < len(parts) and length + len(parts[shown]) <= SHOWN_MOST:
        length += len(parts[shown])
        shown += 1
    if length >= SHOWN_LEAST:
        return parts[:shown], parts[shown:], False
    crossing = parts[shown]
    at = _cut_within(crossing, SHOWN_LEAST - length, SHOWN_MOST - length)
    if not at:
        return parts, [], False
    return [*parts[:shown], crossing[:at].rstrip()], [crossing[at:].lstrip(), *parts[shown + 1 :]], True


def _cut_within(paragraph: str, least: int, most: int) -> int:
    """Where the last sentence ends between the two, else the last word, else either before; 0 if nowhere.

    Never within a folded passage.
    """
    passages = list(itertools.takewhile(lambda passage: passage[0] < most, folds(paragraph)))
    # Most are found near the end, so only there is looked first. Nothing that ends a sentence reaches across `near`.
    near = len(paragraph[:least].rstrip(SENTENCE_MARKS))

    def ends(pattern: re.Pattern[str], begin: int) -> list[int]:
        found = [match.end() for match in pattern.finditer(paragraph, begin, most + 1)]
        return [at for at in found if at <= most and not any(start < at < end for start, end in passages)]

    # Without passages the last is found at once, from the end.
    last = None if passages else LAST_SENTENCE_END.match(paragraph, near, most + 1)
    if last and least <= last.end() <= most:
        return last.end()
    for pattern in (SENTENCE_END, BEFORE_SPACE):
        found = ends(pattern, near)
        if found and found[-1] >= least:
            return found[-1]
    return max([*ends(SENTENCE_END, 0), *ends(BEFORE_SPACE, 0)], default=0)
