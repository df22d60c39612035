import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from reviewsite.embedded.server import Server
from tests.project.processes import eventually, is_at_rest


@pytest.fixture
def home() -> Iterator[Path]:
    """A folder for an embedded server, in a short path, gone after the test with all that ran in it."""
    folder = Path(tempfile.mkdtemp(prefix="reviewsite-test-"))
    # As on a real machine, where the way to the folder is open and the folder itself is not.
    folder.chmod(0o755)
    yield folder / "postgres"
    assert eventually(lambda: is_at_rest(folder / "postgres")), "the test left its server running"
    shutil.rmtree(folder)


@pytest.fixture
def server(home: Path) -> Iterator[Server]:
    """A server in `home` that the test itself holds."""
    held = Server(home)
    held.hold()
    yield held
    held.leave()
