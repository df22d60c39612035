"""What texts are told apart by, to find copies."""

import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("reviews", "0005_moderation"),
    ]

    operations = [
        migrations.CreateModel(
            name="MarkedUntil",
            fields=[
                ("id", models.SmallIntegerField(default=1, primary_key=True, serialize=False)),
                ("review_id", models.BigIntegerField(db_default=0, default=0)),
            ],
            options={
                "constraints": [models.CheckConstraint(condition=models.Q(("id", 1)), name="one_row_of_marked_until")],
            },
        ),
        migrations.CreateModel(
            name="TextMarks",
            fields=[
                (
                    "review",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="marks",
                        serialize=False,
                        to="reviews.review",
                    ),
                ),
                ("marks", django.contrib.postgres.fields.ArrayField(base_field=models.IntegerField())),
            ],
            options={
                "indexes": [django.contrib.postgres.indexes.GinIndex(fields=["marks"], name="text_marks")],
            },
        ),
    ]
