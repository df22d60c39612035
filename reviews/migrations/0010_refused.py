"""What the database refuses to hold: ratings out of range, notices about nothing, what is no choice."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("reviews", "0009_looks"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="review",
            name="review_state_known",
        ),
        migrations.AddConstraint(
            model_name="act",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "kind__in",
                        [
                            "no_action",
                            "fold",
                            "hide",
                            "hold",
                            "restore",
                            "suspend",
                            "lift",
                            "hold_votes",
                            "count_votes",
                            "void_votes",
                            "uphold",
                        ],
                    )
                ),
                name="act_kind_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="act",
            constraint=models.CheckConstraint(
                condition=models.Q(("by__in", ["moderator", "reports", "links", "alike", "rewritten", "votes"])),
                name="act_by_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="appeal",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", ["objection", "edited"])), name="appeal_kind_known"
            ),
        ),
        migrations.AddConstraint(
            model_name="draft",
            constraint=models.CheckConstraint(
                condition=models.Q(("rating__isnull", True), ("rating__range", (1, 10)), _connector="OR"),
                name="draft_rating_in_range",
            ),
        ),
        migrations.AddConstraint(
            model_name="export",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ["waiting", "working", "ready", "failed"])), name="export_state_known"
            ),
        ),
        migrations.AddConstraint(
            model_name="notice",
            constraint=models.CheckConstraint(
                condition=models.Q(("act__isnull", False), ("report__isnull", False), _connector="OR"),
                name="notice_is_about_something",
            ),
        ),
        migrations.AddConstraint(
            model_name="report",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "reason__in",
                        ["spoiler", "insult", "advertising", "off_topic", "copied", "personal", "law", "other"],
                    )
                ),
                name="report_reason_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="review",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("deleted__isnull", True), ("state__regex", "^(published|held|hidden)$")),
                    models.Q(("deleted__isnull", False), ("state", "deleted")),
                    _connector="OR",
                ),
                name="review_state_possible",
            ),
        ),
        migrations.AddConstraint(
            model_name="rule",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "reason__in",
                        ["", "spoiler", "insult", "advertising", "off_topic", "copied", "personal", "law", "other"],
                    )
                ),
                name="rule_reason_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="title",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", ["film", "series", "music", "book", "game"])), name="title_kind_known"
            ),
        ),
        migrations.AddConstraint(
            model_name="version",
            constraint=models.CheckConstraint(
                condition=models.Q(("rating__isnull", True), ("rating__range", (1, 10)), _connector="OR"),
                name="version_rating_in_range",
            ),
        ),
        migrations.AddConstraint(
            model_name="vote",
            constraint=models.CheckConstraint(
                condition=models.Q(("standing__regex", "^(counted|held|cleared|voided)$")),
                name="vote_standing_known",
            ),
        ),
    ]
