"""Who may import whom: what is further out knows what is further in, never the other way round."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

# From the inside out. What is not named here is an act or reads for one: it stands where `ACTS` is.
LAYERS = [
    {"ranking", "prose"},
    {"models"},
    {"permissions"},
    ACTS := set[str](),
    {"filters", "forms", "decision_form", "templatetags", "management", "demo", "admin", "unsent"},
    {"views"},
    {"urls", "apps"},
]


def modules(package: str) -> Iterator[tuple[str, Path]]:
    """The modules of a package by their dotted names, migrations aside: those were written by the models."""
    for path in sorted((ROOT / package).rglob("*.py")):
        parts = path.relative_to(ROOT).with_suffix("").parts
        if "migrations" not in parts:
            yield ".".join(parts[:-1] if parts[-1] == "__init__" else parts), path


def imports(name: str, path: Path) -> Iterator[str]:
    """What a module imports anywhere in it, as dotted names: `from reviews import models` as `reviews.models`."""
    package = name.split(".") if path.stem == "__init__" else name.split(".")[:-1]
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = package[: len(package) + 1 - node.level] if node.level else []
            origin = ".".join([*above, *([node.module] if node.module else [])])
            yield from (f"{origin}.{alias.name}" for alias in node.names)


def layer(name: str) -> int:
    """Where a module of the app `reviews` stands."""
    part = name.split(".")[1]
    return next((number for number, parts in enumerate(LAYERS) if part in parts), LAYERS.index(ACTS))


def is_of(name: str, package: str) -> bool:
    return name == package or name.startswith(f"{package}.")


def test_within_reviews_imports_go_inwards() -> None:
    visited, outwards = set[str](), list[str]()
    pairs = 0
    for name, path in modules("reviews"):
        visited.add(name)
        if name == "reviews":
            continue
        for imported in imports(name, path):
            if imported.startswith("reviews."):
                pairs += 1
                if layer(imported) > layer(name):
                    outwards.append(f"{name} imports {imported}")
    assert {"reviews.ranking", "reviews.models.reviews", "reviews.reading", "reviews.filters"} <= visited
    assert {"reviews.views.titles", "reviews.urls"} <= visited
    assert pairs > 20
    assert not outwards


@pytest.mark.parametrize(
    ("package", "unknown", "least"), [("accounts", ["reviews"], 4), ("reviewsite", ["reviews", "accounts"], 10)]
)
def test_the_ground_does_not_know_what_stands_on_it(package: str, unknown: list[str], least: int) -> None:
    visited, known = 0, list[str]()
    for name, path in modules(package):
        visited += 1
        known += [
            f"{name} imports {imported}"
            for imported in imports(name, path)
            for other in unknown
            if is_of(imported, other)
        ]
    assert visited >= least
    assert not known


def test_no_module_of_the_site_imports_its_tests() -> None:
    visited = 0
    for package in ("accounts", "reviews", "reviewsite"):
        for name, path in modules(package):
            visited += 1
            assert not any(is_of(imported, "tests") for imported in imports(name, path)), name
    assert visited > 30
