"""The data: titles, what stands beside them, reviews and ratings, drafts and versions, votes, moderation."""

from reviews.models.acts import Act
from reviews.models.blocks import Block
from reviews.models.exports import Export, ExportPart
from reviews.models.likeness import MarkedUntil, TextMarks
from reviews.models.moderation import Appeal, Case, Notice, Report
from reviews.models.reviews import FormerPlace, Rating, Review
from reviews.models.rules import HouseRules, Reason, Rule
from reviews.models.see_also import Award, CriticReview, ExternalReview, FaqEntry
from reviews.models.titles import RATINGS, Genre, Poster, SiteFigures, Title
from reviews.models.votes import Vote
from reviews.models.writing import Draft, Version

__all__ = [
    "RATINGS",
    "Act",
    "Appeal",
    "Award",
    "Block",
    "Case",
    "CriticReview",
    "Draft",
    "Export",
    "ExportPart",
    "ExternalReview",
    "FaqEntry",
    "FormerPlace",
    "Genre",
    "HouseRules",
    "MarkedUntil",
    "Notice",
    "Poster",
    "Rating",
    "Reason",
    "Report",
    "Review",
    "Rule",
    "SiteFigures",
    "TextMarks",
    "Title",
    "Version",
    "Vote",
]
