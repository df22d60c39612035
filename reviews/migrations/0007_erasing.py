"""Deleted reviews are found by when they were deleted, and go without counting each of their votes out of them."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models

# As in `counters`, but a vote that goes with its review leaves no counter behind that would have to be right.
COUNT_WITHDRAWN_VOTE = """
DROP TRIGGER count_vote ON reviews_vote;
CREATE TRIGGER count_vote AFTER INSERT ON reviews_vote
    FOR EACH ROW EXECUTE FUNCTION reviews_count_vote();
CREATE TRIGGER count_withdrawn_vote AFTER DELETE ON reviews_vote
    FOR EACH ROW WHEN (current_setting('reviewsite.bulk', true) IS DISTINCT FROM 'on')
    EXECUTE FUNCTION reviews_count_vote();
"""


class Migration(migrations.Migration):
    # The index is built beside the running site, which no transaction allows.
    atomic = False

    dependencies = [("reviews", "0006_likeness")]

    operations = [
        migrations.RunSQL(COUNT_WITHDRAWN_VOTE, migrations.RunSQL.noop),
        AddIndexConcurrently(
            model_name="review",
            index=models.Index("deleted", name="review_deleted", condition=models.Q(state="deleted")),
        ),
    ]
