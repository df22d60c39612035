"""What a server answers once before it forks its workers, so that they share what comes of it (`reviewsite.server`)."""

from django.urls import reverse

from reviews.models import Title


def addresses() -> list[str]:
    """What most will ask for: home, and the reviews of the title with most of them."""
    most = Title.objects.order_by("-review_count", "pk").values_list("slug", flat=True)[:1]
    return [reverse("home"), *(reverse("title_reviews", args=[slug]) for slug in most)]
