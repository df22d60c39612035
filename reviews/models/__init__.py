"""The data: titles, what stands beside them, reviews and ratings, votes."""

from reviews.models.reviews import FormerPlace, Rating, Review
from reviews.models.see_also import Award, CriticReview, ExternalReview, FaqEntry
from reviews.models.titles import RATINGS, Genre, Poster, SiteFigures, Title
from reviews.models.votes import Vote

__all__ = [
    "RATINGS",
    "Award",
    "CriticReview",
    "ExternalReview",
    "FaqEntry",
    "FormerPlace",
    "Genre",
    "Poster",
    "Rating",
    "Review",
    "SiteFigures",
    "Title",
    "Vote",
]
