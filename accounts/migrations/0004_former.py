"""Those who left, and whose reviews stayed."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0003_settings"),
    ]

    operations = [
        migrations.AddField(
            model_name="user",
            name="former",
            field=models.BooleanField(
                db_default=False,
                default=False,
                editable=False,
                help_text="Nobody any more: holds the reviews that a member left behind on leaving.",
                verbose_name="left",
            ),
        ),
    ]
