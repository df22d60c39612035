"""Deleted reviews are found by when they were deleted."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    # The index is built beside the running site, which no transaction allows.
    atomic = False

    dependencies = [("reviews", "0006_likeness")]

    operations = [
        AddIndexConcurrently(
            model_name="review",
            index=models.Index("deleted", name="review_deleted", condition=models.Q(state="deleted")),
        ),
    ]
