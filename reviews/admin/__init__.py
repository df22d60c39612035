"""The back office: titles are filled in here, the house rules written, and all else looked up.

What changes a review or an account goes through the functions of the moderators' queue, so it leaves the same record.
"""

from reviews.admin import house_rules, members, moderation, reviews, titles

__all__ = ["house_rules", "members", "moderation", "reviews", "titles"]
