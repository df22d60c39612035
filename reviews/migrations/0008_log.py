"""The public log is read from the newest on, by kind, by title and by case."""

import django.db.models.expressions
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("reviews", "0007_erasing"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddIndex(
            model_name="act",
            index=models.Index(
                models.F("at"),
                django.db.models.expressions.CombinedExpression(models.F("id"), "*", models.Value(-1)),
                name="act_newest",
            ),
        ),
        migrations.AddIndex(
            model_name="act",
            index=models.Index(
                models.F("kind"),
                models.F("at"),
                django.db.models.expressions.CombinedExpression(models.F("id"), "*", models.Value(-1)),
                name="act_of_kind",
            ),
        ),
        migrations.AddIndex(
            model_name="act",
            index=models.Index(models.F("title"), models.F("at"), name="act_of_title"),
        ),
        migrations.AddIndex(
            model_name="act",
            index=models.Index(models.F("case_number"), models.F("id"), name="act_of_case"),
        ),
    ]
