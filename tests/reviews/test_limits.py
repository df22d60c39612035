"""How often a member may vote and publish in a day: counted over all processes, and said in words."""

from datetime import timedelta
from functools import partial

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from accounts.models import User
from reviews import voting, writing
from reviews.drafting import Seen, Text
from reviews.limits import LimitReached
from reviews.models import Draft, Review, Vote
from tests.factories import a_member, a_review, a_title
from tests.html import tree
from tests.reviews.moderation.at_once import outcomes
from tests.reviews.test_counters import recounted, stored
from tests.reviews.writers import BODY, HEADLINE, address, filled_in, signed_in

pytestmark = pytest.mark.django_db


def publish(member: User, number: int = 0) -> Review:
    # A text of its own each time: a copy would be held.
    words = " ".join(f"{letter}{number}" for letter in "abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyz" * 3)
    return writing.publish(member, a_title(), Text(8, HEADLINE, words), Seen())


@pytest.fixture
def old_hand(db: None) -> User:
    return a_member("oldhand", date_joined=timezone.now() - timedelta(days=400))


def test_as_many_votes_a_day_as_the_settings_say(reader: User, settings: Settings) -> None:
    settings.VOTES_A_DAY = 3
    reviews = [a_review() for _ in range(5)]
    told = [voting.cast(reader, review.pk, helpful=True) for review in reviews]
    assert told == ["cast", "cast", "cast", "limit", "limit"]
    # To change one's mind is no further vote; to take one back and vote elsewhere neither.
    assert voting.cast(reader, reviews[0].pk, helpful=False) == "cast"
    voting.withdraw(reader, reviews[0].pk)
    assert voting.cast(reader, reviews[3].pk, helpful=True) == "cast"
    assert voting.cast(reader, reviews[4].pk, helpful=True) == "limit"
    Vote.objects.filter(review=reviews[1]).update(cast=timezone.now() - timedelta(hours=25))
    assert voting.cast(reader, reviews[4].pk, helpful=True) == "cast"
    assert stored() == recounted()


def test_the_limit_of_votes_is_said_in_words(reader: User, settings: Settings) -> None:
    settings.VOTES_A_DAY = 1
    client = signed_in(reader)
    first, second = a_review(), a_review()
    client.post(f"/review/{first.pk}/vote/", {"vote": "yes"})
    words = "You have voted once within a day"
    in_place = client.post(f"/review/{second.pk}/vote/", {"vote": "yes"}, headers={"HX-Request": "true"})
    assert words in in_place.content.decode()
    followed = client.post(f"/review/{second.pk}/vote/", {"vote": "yes", "next": "/reviews/"}, follow=True)
    assert words in followed.content.decode()
    assert Vote.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_votes_from_many_tabs_at_once_keep_to_the_limit(settings: Settings) -> None:
    settings.VOTES_A_DAY = 5
    member, reviews = a_member(), [a_review() for _ in range(15)]
    outcomes(*(partial(voting.cast, member, review.pk, helpful=True) for review in reviews), told=())
    assert Vote.objects.count() == 5
    assert stored() == recounted()


def test_three_reviews_on_the_first_day_ten_on_each_other(old_hand: User, settings: Settings) -> None:
    assert (settings.REVIEWS_ON_FIRST_DAY, settings.REVIEWS_A_DAY) == (3, 10)
    for member, most in ((a_member(), 3), (old_hand, 10)):
        for number in range(most):
            publish(member, number + 100 * most)
        with pytest.raises(LimitReached, match=str(most)):
            publish(member)
        Review.objects.filter(author=member).update(created=timezone.now() - timedelta(hours=25))
        publish(member, 99)


def test_an_edit_is_no_further_review_and_a_deletion_makes_no_room(settings: Settings) -> None:
    settings.REVIEWS_ON_FIRST_DAY = 1
    member = a_member()
    review = publish(member)
    shown = Seen.now(review, None)
    assert writing.publish(member, review.title, Text(7, "Another headline", review.body), shown).version == 2
    writing.delete(review)
    with pytest.raises(LimitReached):
        publish(member, 1)


@pytest.mark.django_db(transaction=True)
def test_many_tabs_publish_no_more_than_the_limit(settings: Settings) -> None:
    settings.REVIEWS_ON_FIRST_DAY = 2
    member = a_member()
    told = outcomes(*(partial(publish, member, number) for number in range(6)), told=(LimitReached,))
    assert told.count(None) == Review.objects.count() == 2


def test_the_form_says_so_and_keeps_the_text(client: Client, reader: User, settings: Settings) -> None:
    settings.REVIEWS_ON_FIRST_DAY = 0
    client.force_login(reader)
    title = a_title()
    answer = client.post(address(title), filled_in())
    assert answer.status_code == 422
    page = tree(answer)
    assert "which is as many as you may now" in answer.content.decode()
    assert BODY in page.one("textarea", id="id_body").text
    assert Draft.objects.get().headline == HEADLINE
    assert not Review.objects.exists()
