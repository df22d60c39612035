"""`{% live "name" %}`: what a shape leaves out, because it is the reader's own, changes at any moment or has a shape of
its own.
"""

from typing import Any

from django import template
from django.template import Context, NodeList
from django.template.base import Parser, Token

from reviewsite.shapes import gap

register = template.Library()


class LiveNode(template.Node):
    def __init__(self, name: str, nodelist: NodeList) -> None:
        self.name = name
        self.nodelist = nodelist

    def render(self, context: Context) -> Any:
        return gap(self.name) if context.get("keeping") else self.nodelist.render(context)


@register.tag
def live(parser: Parser, token: Token) -> LiveNode:
    """Renders as if it were not there; in a shape it leaves a gap of that name."""
    nodelist = parser.parse(("endlive",))
    parser.delete_first_token()
    return LiveNode(token.split_contents()[1].strip("\"'"), nodelist)
