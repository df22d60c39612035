"""What waits for the demo's moderator: reports by its members, told by `reports.jsonl`.

Each line names a review by what it was imported as. They stay below the weight at which a review is held, as the acts
of moderation that would come of it stay when the demo is taken away.
"""

import json
from pathlib import Path

from accounts.models import User
from reviews.models import Reason, Review
from reviews.moderation import reporting

FILE = Path(__file__).parent / "reports.jsonl"


def add_reports() -> None:
    """Let members of the demo report what they have not reported yet and readers can see."""
    for line in map(json.loads, FILE.read_text("utf-8").splitlines()):
        member = User.objects.filter(username=line["from"], is_demo=True).first()
        review = Review.objects.filter(source_id=line["review"], author__is_demo=True).first()
        if member and review:
            report_once(member, review, Reason(line["reason"]), line["words"])


def report_once(member: User, review: Review, reason: Reason, words: str) -> None:
    try:
        reporting.report(review.pk, member, reason, words)
    except (reporting.AlreadyReported, reporting.NotThere):
        return
