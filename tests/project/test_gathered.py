"""What several ask at the same moment is asked as one; where that fails each is answered alone."""

import logging
from collections.abc import Sequence

import pytest

from reviewsite.postgresql.gathered import Gathered
from reviewsite.postgresql.prepared import rows_of

pytestmark = pytest.mark.django_db(transaction=True)


def _alone(number: int, using: str) -> int:
    return int(rows_of("SELECT %(number)s::int", {"number": number}, using=using)[0][0])


@pytest.mark.parametrize(
    ("statement", "says"),
    [
        ("SELECT no_such_column", "no_such_column"),
        ("SELECT 1 / 0", "division by zero"),
        # A lock that somebody holds for long is nobody's fault.
        ("DO $$ BEGIN RAISE lock_not_available; END $$", ""),
    ],
)
def test_a_fault_of_the_joint_statement_is_logged_and_nobody_meets_it(
    caplog: pytest.LogCaptureFixture, statement: str, says: str
) -> None:
    def together(numbers: Sequence[int], using: str) -> Sequence[int]:
        return [int(row[0]) for row in rows_of(statement, [], using=using)]

    with caplog.at_level(logging.WARNING, "reviewsite.postgresql.gathered"):
        assert Gathered(together, _alone)(7, "default") == 7
    assert (says in caplog.text) if says else not caplog.text
