"""What members set for themselves."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0002_shared_cache"),
    ]

    operations = [
        migrations.AddField(
            model_name="user",
            name="bio",
            field=models.TextField(blank=True, db_default="", default="", verbose_name="about"),
        ),
        migrations.AddField(
            model_name="user",
            name="hides_figures",
            field=models.BooleanField(
                db_default=False, default=False, verbose_name="hide averages and histograms until I have rated"
            ),
        ),
        migrations.AddField(
            model_name="user",
            name="spoilers",
            field=models.CharField(
                choices=[
                    ("folded", "Always folded"),
                    ("reviewed", "Open for titles I reviewed"),
                    ("open", "Always open"),
                ],
                db_default="folded",
                default="folded",
                max_length=10,
                verbose_name="spoilers",
            ),
        ),
        migrations.AddField(
            model_name="user",
            name="theme",
            field=models.CharField(
                choices=[("system", "As the system says"), ("light", "Light"), ("dark", "Dark")],
                db_default="system",
                default="system",
                max_length=10,
                verbose_name="light or dark",
            ),
        ),
    ]
