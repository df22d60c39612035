"""Static files as they are served: each with its digest in its name, compressed, and the stylesheets as one.

`css/site.css` imports the stylesheets that all pages share. Browsers would ask for each of them, with 0.8 kB of headers
and compressed by itself, once they have read that file; so here it gets their text instead.
"""

import re
from collections.abc import Iterator
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import InMemoryStorage, Storage
from whitenoise.storage import CompressedManifestStaticFilesStorage

TOGETHER = "css/site.css"
IMPORT = re.compile(r'^@import "(?P<name>[\w.-]+)";$', re.M)

# Where the finders found a file: a storage, and its name there.
Found = tuple[Storage, str]


class StaticFiles(CompressedManifestStaticFilesStorage):  # type: ignore[misc]
    def post_process(self, paths: dict[str, Found], *args: Any, **options: Any) -> Iterator[tuple[Any, ...]]:
        if TOGETHER in paths:
            together = InMemoryStorage()
            together.save(TOGETHER, ContentFile(imported(TOGETHER, paths)))
            paths = {**paths, TOGETHER: (together, TOGETHER)}
        yield from super().post_process(paths, *args, **options)


def imported(name: str, paths: dict[str, Found]) -> str:
    """The stylesheet, the text of what it imports in place of the imports. Raises `KeyError` for what is not there."""
    folder = name.rpartition("/")[0]
    return IMPORT.sub(lambda found: text(f"{folder}/{found['name']}", paths), text(name, paths))


def text(name: str, paths: dict[str, Found]) -> str:
    storage, path = paths[name]
    with storage.open(path) as file:
        return str(file.read(), "utf-8")
