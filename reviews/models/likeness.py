"""What texts are told apart by: a few marks of each, so that one very like another is found without reading all."""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q


class TextMarks(models.Model):
    """The marks of a review's text (`reviews.moderation.likeness`); texts that share much wording share some."""

    review = models.OneToOneField("reviews.Review", models.CASCADE, primary_key=True, related_name="marks")
    marks = ArrayField(models.IntegerField())

    class Meta:
        indexes = [GinIndex(fields=["marks"], name="text_marks")]

    def __str__(self) -> str:
        return f"marks of review {self.review_id}"


class MarkedUntil(models.Model):
    """Up to which review all have their marks: one row. An import steps back to before the first that it wrote.

    Made after the migrations: whoever made it on the way would have others wait.
    """

    id = models.SmallIntegerField(primary_key=True, default=1)
    review_id = models.BigIntegerField(default=0, db_default=0)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(id=1), name="one_row_of_marked_until")]

    def __str__(self) -> str:
        return f"up to review {self.review_id}"
