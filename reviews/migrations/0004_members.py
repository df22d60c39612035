"""Blocking, and taking along what one has here."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("reviews", "0003_writing"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Export",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("asked", models.DateTimeField(auto_now_add=True, verbose_name="asked for")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "waiting"),
                            ("working", "being packed"),
                            ("ready", "ready"),
                            ("failed", "failed"),
                        ],
                        db_default="waiting",
                        default="waiting",
                        max_length=10,
                    ),
                ),
                ("done", models.IntegerField(db_default=0, default=0, verbose_name="rows packed")),
                ("total", models.IntegerField(db_default=0, default=0, verbose_name="rows")),
                ("attempts", models.SmallIntegerField(db_default=0, default=0)),
                ("worker", models.UUIDField(null=True)),
                ("lease", models.DateTimeField(null=True)),
                ("size", models.BigIntegerField(db_default=0, default=0, verbose_name="bytes")),
                (
                    "member",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE, related_name="export", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "verbose_name": "export",
                "verbose_name_plural": "exports",
            },
        ),
        migrations.CreateModel(
            name="ExportPart",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.IntegerField()),
                ("content", models.BinaryField()),
                (
                    "export",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="parts",
                        to="reviews.export",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Block",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("since", models.DateTimeField(auto_now_add=True, verbose_name="since")),
                (
                    "blocked",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="blocks_of_others",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "member",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="blocks",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "block",
                "verbose_name_plural": "blocks",
                "constraints": [
                    models.UniqueConstraint(
                        models.F("member"), models.F("blocked"), name="one_block_a_member_and_blocked"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("member", models.F("blocked")), _negated=True),
                        name="nobody_blocks_themselves",
                    ),
                ],
            },
        ),
        migrations.AddIndex(
            model_name="export",
            index=models.Index(
                models.F("asked"), condition=models.Q(("state__in", ["waiting", "working"])), name="export_unfinished"
            ),
        ),
        migrations.AddConstraint(
            model_name="exportpart",
            constraint=models.UniqueConstraint(
                models.F("export"), models.F("number"), name="export_part_numbered_once"
            ),
        ),
    ]
