"""What people are told of decisions, as templates show it."""

from django import template

from reviews.moderation import telling

register = template.Library()

register.filter("told", telling.told)
register.filter("to_author", telling.to_author)
register.filter("who_decided", telling.who_decided)
register.filter("until", telling.until)
