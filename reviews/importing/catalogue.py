"""The writing of staged titles, within the caller's transaction."""

from collections import Counter
from collections.abc import Iterable
from typing import Any

from reviews.importing.applying import taken_slugs
from reviews.importing.naming import choose
from reviews.importing.staging import batches
from reviews.models import Genre, Title
from reviews.models.titles import search_text, slugs
from reviews.sql import execute

type Identity = tuple[str, int | None, str]

TEXTS = ("synopsis", "original_title", "creators", "countries")
WRITABLE = (*TEXTS, "minutes", "poster_id", "search_text")

# Titles are locked before the first is added, which locks the site's figures: the order of all who write here.
LOCK_TITLES = """
SELECT FROM reviews_title t WHERE EXISTS (
    SELECT FROM import_title_row r WHERE r.title = t.name AND r.kind = t.kind AND r.year IS NOT DISTINCT FROM t.year
) ORDER BY id FOR NO KEY UPDATE
"""
ADD_POSTERS = """
INSERT INTO reviews_poster (digest, large, small)
    SELECT DISTINCT ON (digest) digest, large, small FROM import_title_row WHERE digest IS NOT NULL
    ON CONFLICT (digest) DO NOTHING
"""
ROWS = """
SELECT n, title, year, kind, genres, digest, minutes, synopsis, original_title, creators, countries
    FROM import_title_row WHERE n > %s ORDER BY n
"""


def apply_titles() -> Counter[str]:
    """Write the rows of `import_title_row` in their order; how many added, changed or left a title as it was."""
    execute(LOCK_TITLES)
    execute(ADD_POSTERS)
    verdicts: Counter[str] = Counter()
    for rows in batches(ROWS):
        batch = Batch(row[1:4] for row in rows)
        for _, name, year, kind, genres, digest, minutes, *texts in rows:
            facts = dict(zip(TEXTS, texts, strict=True)) | {"minutes": minutes, "poster_id": digest}
            verdicts[batch.take((name, year, kind), facts, genres)] += 1
        batch.write()
    return verdicts


class Batch:
    """Some titles, those that exist and those to add, with what changes about them."""

    def __init__(self, identities: Iterable[Identity]) -> None:
        found = Title.objects.filter(name__in={name for name, _, _ in identities}).prefetch_related("genres")
        self._titles = {(title.name, title.year, title.kind): title for title in found}
        self._genres = {key: {genre.slug for genre in title.genres.all()} for key, title in self._titles.items()}
        self._names: dict[str, str] = {}
        self._changed: dict[Identity, Title] = {}
        self._regrouped: set[Identity] = set()

    def take(self, identity: Identity, facts: dict[str, Any], genres: list[str]) -> str:
        """Note what the row says about the title: `added`, `changed` or `unchanged`."""
        name, year, kind = identity
        title = self._titles.setdefault(identity, Title(name=name, year=year, kind=kind))
        added = title.pk is None and identity not in self._changed
        news = {field: value for field, value in facts.items() if value and value != getattr(title, field)}
        slugs_of_genres = {Genre.address_of(genre): genre for genre in genres}
        regrouped = bool(genres) and self._genres.get(identity, set()) != set(slugs_of_genres)
        if not (added or news or regrouped):
            return "unchanged"
        for field, value in news.items():
            setattr(title, field, value)
        title.search_text = search_text(title.name, title.original_title, title.creators)
        self._changed[identity] = title
        if regrouped:
            self._genres[identity] = set(slugs_of_genres)
            self._names |= slugs_of_genres
            self._regrouped.add(identity)
        return "added" if added else "changed"

    def write(self) -> None:
        new = [title for title in self._changed.values() if title.pk is None]
        known = [title for title in self._changed.values() if title.pk is not None]
        for title, slug in zip(new, choose([slugs(title.name, title.year) for title in new], taken_slugs), strict=True):
            title.slug = slug
        Title.objects.bulk_update(known, WRITABLE, batch_size=500)
        Title.objects.bulk_create(new)
        self._write_genres()

    def _write_genres(self) -> None:
        """Genres are the same when their addresses are: `Sci-Fi` and `sci fi`."""
        missing = self._names.keys() - set(Genre.objects.filter(slug__in=self._names).values_list("slug", flat=True))
        Genre.objects.bulk_create(Genre(name=self._names[slug], slug=slug) for slug in sorted(missing))
        keys = dict(Genre.objects.filter(slug__in=self._names).values_list("slug", "pk"))
        links = Title.genres.through.objects
        links.filter(title__in=[self._titles[identity].pk for identity in self._regrouped]).delete()
        links.bulk_create(
            Title.genres.through(title_id=self._titles[identity].pk, genre_id=keys[slug])
            for identity in self._regrouped
            for slug in sorted(self._genres[identity])
        )
