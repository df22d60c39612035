"""Believable amounts of made-up reviews and votes, to see how the site does with them. The same seed, the same data.

Rows go in by COPY, their counters with them: the row-by-row counting rests meanwhile, as in an import, and the title is
counted anew at the end. Nobody can sign in as the members that are made.
"""

import itertools
import random
from array import array
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from math import exp, gcd

from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.db import connection, transaction

from reviews.counting import counting_at_rest, recount_titles
from reviews.models import Title
from reviews.sql import execute

# Votes a review: negative binomial. The share of helpful ones: beta. Fitted on the votes of 6,908 music reviews.
VOTES_A_REVIEW, DISPERSION = 5.2, 0.54
HELPFUL = (1.58, 0.58)
# How often each rating from 1 to 10 is given; the rest give none.
RATINGS = (7, 2, 2, 3, 4, 6, 10, 15, 16, 22)
NO_RATING = 13
SPOILERS = 0.12
# Characters: lognormal about 900.
LENGTH, LENGTH_SPREAD, SHORTEST, LONGEST = 6.8, 0.75, 200, 9_500
FIRST_DAY, DAYS = datetime(2001, 5, 1, tzinfo=UTC), 8_600
PARAGRAPH = "\n\n"
ROWS_AT_ONCE = 20_000

OPENINGS = ("The camera", "An old man", "Nobody here", "The sea", "Her brother", "The music", "This town", "The rain")
MIDDLES = ("waits for", "never forgives", "walks past", "remembers", "asks about", "outlives", "laughs at", "forgets")
ENDINGS = ("the last train", "every promise", "a locked door", "the long winter", "its own shadow", "the neighbours")
TURNS = ("and I believed it", "which is the point", "for once", "as one does", "though not for long", "and that is all")

Advance = Callable[[int], object]


@dataclass(frozen=True)
class Amount:
    reviews: int
    votes: int
    seed: int

    @property
    def rows(self) -> int:
        """About how many rows that makes: members, reviews, ratings, votes."""
        return 3 * self.reviews + self.votes

    @property
    def name(self) -> str:
        return f"The Long Queue, Part {self.seed}: {self.reviews} Reviews"


class AlreadyThereError(Exception):
    """The title with that amount from that seed was made before."""


@transaction.atomic
def generate(amount: Amount, advance: Advance) -> Title:
    """Write a title with that many reviews by as many new members, who cast that many votes on them.

    `advance` hears how many rows went in. Votes cast by others wait until all is written.
    """
    if Title.objects.filter(name=amount.name).exists():
        raise AlreadyThereError(amount.name)
    rng = random.Random(amount.seed)  # noqa: S311 - made up, and the same each time
    with counting_at_rest():
        execute("SET LOCAL statement_timeout = 0; SET CONSTRAINTS ALL IMMEDIATE")
        title = Title.objects.create(name=amount.name, year=2001, creators="Nobody", countries="Nowhere", minutes=101)
        members, reviews = _ids("accounts_user", amount.reviews), _ids("reviews_review", amount.reviews)
        votes = _votes_by_review(amount, rng)
        helpful = array("i", (_helpful(number, rng) for number in votes))
        ratings = rng.choices((*range(1, 11), None), (*RATINGS, NO_RATING), k=amount.reviews)
        _copy(f"accounts_user ({MEMBER})", _members(amount, members), advance)
        written = _reviews(title.pk, zip(reviews, members, ratings, votes, helpful, strict=True), rng)
        _copy(f"reviews_review ({REVIEW})", written, advance)
        rated = ((title.pk, member, value, FIRST_DAY) for member, value in zip(members, ratings, strict=True) if value)
        _copy("reviews_rating (title_id, member_id, value, rated)", rated, advance)
        # The counters are there already. A bulk of votes is no matter of imports, so its triggers know no rest.
        execute("ALTER TABLE reviews_vote DISABLE TRIGGER USER")
        cast = _votes(votes, helpful, reviews, members, rng)
        _copy('reviews_vote (review_id, member_id, helpful, "cast")', cast, advance)
        execute("ALTER TABLE reviews_vote ENABLE TRIGGER USER")
        execute("ANALYZE accounts_user, reviews_review, reviews_rating, reviews_vote")
        recount_titles([title.pk])
    return title


def vacuum() -> None:
    """Tell the planner what there is, and index scans which pages all may see. Outside of a transaction."""
    execute("VACUUM (ANALYZE) accounts_user, reviews_review, reviews_rating, reviews_vote, reviews_title")


MEMBER = "id, username, password, is_superuser, is_staff, is_active, email, date_joined, review_count"
REVIEW = (
    "id, title_id, author_id, headline, body, spoiler, created, rating, author_reviews, helpful, votes, language, state"
)


def _members(amount: Amount, ids: array[int]) -> Iterator[tuple[object, ...]]:
    for n, pk in enumerate(ids):
        username = f"queue-{amount.seed}-{amount.reviews}-{n + 1}"
        yield pk, username, f"{UNUSABLE_PASSWORD_PREFIX}{n:040}", "f", "f", "t", "", FIRST_DAY, 1


def _reviews(
    title: int, drawn: Iterable[tuple[int, int, int | None, int, int]], rng: random.Random
) -> Iterator[tuple[object, ...]]:
    sentences, ends = _sentences(rng)
    for pk, author, rating, votes, helpful in drawn:
        start = ends[rng.randrange(len(ends) // 2)]
        length = int(min(max(rng.lognormvariate(LENGTH, LENGTH_SPREAD), SHORTEST), LONGEST))
        body = sentences[start : start + length].strip(" .,\n").replace("\n", r"\n") + "."
        created = FIRST_DAY + timedelta(days=rng.randrange(DAYS), seconds=rng.randrange(86_400))
        spoiler = "t" if rng.random() < SPOILERS else "f"
        headline = f"{rng.choice(OPENINGS)} {rng.choice(MIDDLES)} {rng.choice(ENDINGS)}"
        yield pk, title, author, headline, body, spoiler, created, rating, 1, helpful, votes, "", "published"


def _sentences(rng: random.Random) -> tuple[str, list[int]]:
    """A long text, now and then in a new paragraph, and where its sentences end."""
    text, ends, length = [], [], 0
    for n in range(4_000):
        words = (rng.choice(OPENINGS), rng.choice(MIDDLES), rng.choice(ENDINGS))
        sentence = f"{' '.join(words)}, {rng.choice(TURNS)}.{PARAGRAPH if n % 7 == 6 else ' '}"
        text.append(sentence)
        length += len(sentence)
        ends.append(length)
    return "".join(text), ends


def _votes_by_review(amount: Amount, rng: random.Random) -> array[int]:
    """Negative binomial counts, brought to the exact total; nobody votes twice, or on a review of their own."""
    most = amount.reviews - 1
    if amount.votes > amount.reviews * most:
        raise ValueError(f"{amount.reviews} members cannot cast {amount.votes} votes on each other's reviews")
    scale = amount.votes / max(amount.reviews, 1) / DISPERSION
    counts = array(
        "i",
        (min(_poisson(rng.gammavariate(DISPERSION, scale), rng), most) for _ in range(amount.reviews))
        if scale
        else [0] * amount.reviews,
    )
    missing = amount.votes - sum(counts)
    while missing:
        n = rng.randrange(amount.reviews)
        step = 1 if missing > 0 else -1
        if 0 <= counts[n] + step <= most:
            counts[n] += step
            missing -= step
    return counts


def _poisson(mean: float, rng: random.Random) -> int:
    if mean > 500:  # where e to that power has left the numbers that computers know, the two are alike
        return max(round(rng.gauss(mean, mean**0.5)), 0)
    number, product, limit = 0, rng.random(), exp(-mean)
    while product > limit:
        number, product = number + 1, product * rng.random()
    return number


def _helpful(votes: int, rng: random.Random) -> int:
    share = rng.betavariate(*HELPFUL)
    return sum(rng.random() < share for _ in range(votes))


def _votes(
    votes: array[int], helpful: array[int], reviews: array[int], members: array[int], rng: random.Random
) -> Iterator[tuple[object, ...]]:
    """Each review's voters: every so-manieth member from a random one on, so that none comes twice."""
    several = len(members)
    for n, (number, yes) in enumerate(zip(votes, helpful, strict=True)):
        step = rng.randrange(1, several) if several > 1 else 1
        while gcd(step, several) != 1:
            step += 1
        voters = ((n + k * step) % several for k in range(1, number + 1))  # from the author on, who is left out
        day = FIRST_DAY + timedelta(days=rng.randrange(DAYS))
        yield from ((reviews[n], members[voter], "t" if k < yes else "f", day) for k, voter in enumerate(voters))


def _ids(table: str, number: int) -> array[int]:
    """That many ids, which nobody else will be given: each drawn, so others may draw some in between."""
    with connection.cursor() as cursor:
        drawn = "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)"
        cursor.execute(drawn, [table, number])
        return array("q", (pk for (pk,) in cursor))


def _copy(into: str, rows: Iterable[tuple[object, ...]], advance: Advance) -> None:
    """Rows of plain values, whose texts hold no tab, backslash or end of line but those that are meant."""
    # What points to what is checked at the end of each statement, which has to remember its rows for that.
    for some in itertools.batched(rows, ROWS_AT_ONCE):
        with connection.cursor() as cursor, cursor.copy(f"COPY {into} FROM STDIN") as copy:
            lines = ["\t".join([r"\N" if value is None else str(value) for value in row]) for row in some]
            copy.write("\n".join(lines) + "\n")
        advance(len(some))
