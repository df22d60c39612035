import pytest
from django.core.cache import cache


@pytest.fixture(autouse=True)
def no_attempts_so_far(db: None) -> None:
    """What an earlier test left in the shared cache is no model's and survives the clearing of the database."""
    cache.clear()
