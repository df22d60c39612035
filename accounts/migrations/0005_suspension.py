"""Members who may read and nothing else for a while, and how much they have not read of what they were told."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0004_former"),
    ]

    operations = [
        migrations.AddField(
            model_name="user",
            name="suspended",
            field=models.BooleanField(db_default=False, default=False, editable=False, verbose_name="suspended"),
        ),
        migrations.AddField(
            model_name="user",
            name="suspended_until",
            field=models.DateTimeField(editable=False, null=True, verbose_name="suspended until"),
        ),
        migrations.AddField(
            model_name="user",
            name="unread_notices",
            field=models.IntegerField(db_default=0, default=0, editable=False, verbose_name="unread notices"),
        ),
    ]
