"""The data: titles, what stands beside them, reviews and ratings, drafts and versions, votes."""

from reviews.models.blocks import Block
from reviews.models.exports import Export, ExportPart
from reviews.models.reviews import FormerPlace, Rating, Review
from reviews.models.see_also import Award, CriticReview, ExternalReview, FaqEntry
from reviews.models.titles import RATINGS, Genre, Poster, SiteFigures, Title
from reviews.models.votes import Vote
from reviews.models.writing import Draft, Version

__all__ = [
    "RATINGS",
    "Award",
    "Block",
    "CriticReview",
    "Draft",
    "Export",
    "ExportPart",
    "ExternalReview",
    "FaqEntry",
    "FormerPlace",
    "Genre",
    "Poster",
    "Rating",
    "Review",
    "SiteFigures",
    "Title",
    "Version",
    "Vote",
]
