"""Drafts, versions, deletion that can be undone, and how many votes were cast before the last edit."""

import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

# An import may bring fewer votes than the review had come with.
FEWER_VOTES = """
CREATE FUNCTION reviews_no_more_before_edit() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.votes_before_edit := NEW.votes;
    RETURN NEW;
END $$;
CREATE TRIGGER fewer_votes BEFORE UPDATE OF votes ON reviews_review
    FOR EACH ROW WHEN (NEW.votes_before_edit > NEW.votes) EXECUTE FUNCTION reviews_no_more_before_edit();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("reviews", "0002_counters"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Draft",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("rating", models.SmallIntegerField(null=True, verbose_name="rating")),
                ("headline", models.TextField(blank=True, db_default="", verbose_name="headline")),
                ("body", models.TextField(blank=True, db_default="", verbose_name="text")),
                ("spoiler", models.BooleanField(db_default=False, default=False, verbose_name="contains spoilers")),
                ("saved", models.DateTimeField(auto_now=True, verbose_name="saved")),
                ("revision", models.UUIDField(default=uuid.uuid4, editable=False)),
            ],
            options={
                "verbose_name": "draft",
                "verbose_name_plural": "drafts",
            },
        ),
        migrations.CreateModel(
            name="Version",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.IntegerField(verbose_name="number")),
                ("headline", models.TextField(verbose_name="headline")),
                ("body", models.TextField(verbose_name="text")),
                ("spoiler", models.BooleanField(verbose_name="contains spoilers")),
                ("rating", models.SmallIntegerField(null=True, verbose_name="rating")),
                ("published", models.DateTimeField(verbose_name="published")),
                ("replaced", models.DateTimeField(verbose_name="replaced")),
                ("helpful", models.IntegerField(verbose_name="helpful votes")),
                ("votes", models.IntegerField(verbose_name="votes")),
                (
                    "withheld",
                    models.BooleanField(
                        db_default=False,
                        default=False,
                        help_text="Shown to its author alone: a moderator hid it.",
                        verbose_name="withheld",
                    ),
                ),
            ],
            options={
                "verbose_name": "version",
                "verbose_name_plural": "versions",
                "ordering": ["-number"],
            },
        ),
        migrations.AddField(
            model_name="review",
            name="deleted",
            field=models.DateTimeField(editable=False, null=True, verbose_name="deleted"),
        ),
        migrations.AddField(
            model_name="review",
            name="state_before",
            field=models.CharField(
                blank=True,
                choices=[
                    ("published", "published"),
                    ("held", "held until a moderator decides"),
                    ("hidden", "hidden by a moderator"),
                    ("deleted", "deleted by its author"),
                ],
                db_default="",
                editable=False,
                max_length=10,
                verbose_name="state before it was deleted",
            ),
        ),
        migrations.AddField(
            model_name="review",
            name="version",
            field=models.IntegerField(db_default=1, default=1, editable=False, verbose_name="version"),
        ),
        migrations.AddField(
            model_name="review",
            name="votes_before_edit",
            field=models.IntegerField(db_default=0, editable=False, verbose_name="votes before the last edit"),
        ),
        migrations.AddField(
            model_name="vote",
            name="version",
            field=models.IntegerField(db_default=1, editable=False),
        ),
        migrations.AddConstraint(
            model_name="review",
            constraint=models.CheckConstraint(
                condition=models.Q(("votes_before_edit__gte", 0), ("votes_before_edit__lte", models.F("votes"))),
                name="review_votes_before_edit_possible",
            ),
        ),
        migrations.AddField(
            model_name="draft",
            name="member",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="drafts",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="draft",
            name="title",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="drafts",
                to="reviews.title",
                verbose_name="title",
            ),
        ),
        migrations.AddField(
            model_name="version",
            name="review",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="versions",
                to="reviews.review",
            ),
        ),
        migrations.AddConstraint(
            model_name="draft",
            constraint=models.UniqueConstraint(
                models.F("member"), models.F("title"), name="one_draft_a_member_and_title"
            ),
        ),
        migrations.AddConstraint(
            model_name="version",
            constraint=models.UniqueConstraint(models.F("review"), models.F("number"), name="version_numbered_once"),
        ),
        migrations.RunSQL(FEWER_VOTES, "DROP FUNCTION reviews_no_more_before_edit CASCADE"),
    ]
