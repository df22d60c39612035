"""Pages as a reader meets them: a small tree of the HTML, and what stands in it."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any, Self

VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
# Drawings close their own elements ("<rect/>").
UNSEEN = {"script", "style", "head", "template"}


@dataclass
class Node:
    tag: str
    attrs: dict[str, str] = field(default_factory=dict)
    children: list["Node | str"] = field(default_factory=list)
    parent: "Node | None" = None

    def walk(self) -> Iterator["Node"]:
        for child in self.children:
            if isinstance(child, Node):
                yield child
                yield from child.walk()

    def all(self, tag: str = "", *, cls: str = "", **attrs: str) -> list["Node"]:
        """The elements below of that tag and class, with those attributes (`id="count"`, `aria_current="page"`)."""
        wanted = {name.replace("_", "-"): value for name, value in attrs.items()}
        return [
            node
            for node in self.walk()
            if (not tag or node.tag == tag)
            and (not cls or cls in node.attrs.get("class", "").split())
            and all(node.attrs.get(name) == value for name, value in wanted.items())
        ]

    def one(self, tag: str = "", *, cls: str = "", **attrs: str) -> "Node":
        found = self.all(tag, cls=cls, **attrs)
        assert len(found) == 1, f"{len(found)} of <{tag} class={cls} {attrs}>"
        return found[0]

    @property
    def text(self) -> str:
        """All text below, with one space where there is any."""
        return " ".join(self._pieces().split())

    def _pieces(self) -> str:
        return "".join(
            child if isinstance(child, str) else "" if child.tag in UNSEEN else child._pieces() + _gap(child)
            for child in self.children
        )

    def up(self) -> Iterator["Node"]:
        node = self.parent
        while node:
            yield node
            node = node.parent


def _gap(node: Node) -> str:
    return "" if node.tag in {"a", "b", "span", "sup"} else " "


class Reader(HTMLParser):
    """Reads a page and refuses one whose elements are not closed in the order they were opened."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.root = self.at = Node("")

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = [name for name, _ in attrs]
        assert len(names) == len(set(names)), f"<{tag}> says an attribute twice: {names}"
        node = Node(tag, {name: value or "" for name, value in attrs}, parent=self.at)
        self.at.children.append(node)
        if tag not in VOID:
            self.at = node

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.at.tag == tag, f"</{tag}> closes <{self.at.tag} {self.at.attrs}>"
        assert self.at.parent
        self.at = self.at.parent

    def handle_data(self, data: str) -> None:
        self.at.children.append(data)

    @classmethod
    def read(cls, html: str) -> Self:
        reader = cls()
        reader.feed(html)
        reader.close()
        assert reader.at is reader.root, f"<{reader.at.tag}> is never closed"
        return reader


def tree(response: Any) -> Node:
    """The page of a test client's response, or of a string."""
    html = response if isinstance(response, str) else response.content.decode()
    return Reader.read(html).root
