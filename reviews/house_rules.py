"""The house rules that a new site begins with, and the group that decides by them."""

from typing import Any

from django.apps import apps as all_apps
from django.apps.registry import Apps
from django.contrib.auth.management import create_permissions
from django.contrib.auth.models import Group, Permission
from django.db import DEFAULT_DB_ALIAS
from django.db.models import QuerySet, Subquery

from reviews.models import HouseRules, Reason, Rule

MODERATORS = "Moderators"

INTRODUCTION = (
    "Reviews here are their writers' own. They may be harsh, and they may be wrong. These rules are about the little "
    "that does not belong; every decision of a moderator names the one that it goes by."
)

RULES = [
    (
        "About the work",
        "A review is about the title that it stands under. What you think of another reviewer, of a shop or of the day "
        "is for elsewhere.",
        Reason.OFF_TOPIC,
    ),
    (
        "Hard on works, fair to people",
        "No insults, no threats, and no contempt for people because of what they are. That holds for those who made "
        "the work, for those who like it and for those who do not.",
        Reason.INSULT,
    ),
    (
        "Your own words",
        "Write it yourself. A sentence quoted and named is welcome; a text taken from somewhere else is not.",
        Reason.COPIED,
    ),
    (
        "Endings are folded",
        "Whoever gives something away marks the review, or folds the passage. A moderator may do so for you; the "
        "review stays, and readers open it themselves.",
        Reason.SPOILER,
    ),
    (
        "Nothing for sale",
        "No advertising, no links placed for their own sake, no reviews for money or favours.",
        Reason.ADVERTISING,
    ),
    (
        "Private lives stay private",
        "No addresses, numbers or other facts of people's lives that they did not make public themselves.",
        Reason.PERSONAL,
    ),
    (
        "Within the law",
        "What the law forbids to publish is not published here.",
        Reason.LAW,
    ),
    (
        "One person, one voice",
        "One account a person, and votes that are your own. Votes that were asked for, traded or bought do not count.",
        Reason.OTHER,
    ),
]


def current_rules() -> QuerySet[Rule]:
    """The rules of the latest version, by number."""
    return Rule.objects.filter(
        house_rules__number=Subquery(HouseRules.objects.order_by("-number").values("number")[:1])
    )


def establish(using: str = DEFAULT_DB_ALIAS, apps: Apps = all_apps, **signal: Any) -> None:
    """After migrations: the group of the moderators, and the first version of the rules if there is none.

    `apps` is what the migrations came to: backwards, maybe to before there were rules.
    """
    if "houserules" not in apps.all_models["reviews"]:
        return
    group, created = Group.objects.using(using).get_or_create(name=MODERATORS)
    if created or not group.permissions.exists():
        # Django makes them after the same migrations, but may come later than this.
        create_permissions(all_apps.get_app_config("reviews"), verbosity=0, using=using)
        codename = {"codename": "decide_case", "content_type__app_label": "reviews"}
        group.permissions.add(*Permission.objects.using(using).filter(**codename))
    if not HouseRules.objects.using(using).exists():
        first = HouseRules.objects.using(using).create(number=1, introduction=INTRODUCTION)
        Rule.objects.using(using).bulk_create(
            Rule(house_rules=first, number=number, name=name, text=text, reason=reason)
            for number, (name, text, reason) in enumerate(RULES, start=1)
        )
