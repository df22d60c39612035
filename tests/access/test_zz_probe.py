import pytest
from tests.access.test_access import *  # noqa
from tests.access.test_access import ACCOUNTS, ACCOUNT_ARGS, ALLAUTH, branch, client_of
@pytest.mark.django_db
def test_probe():
    for route, pattern in branch(ALLAUTH):
        if pattern.name not in ACCOUNTS:
            path="/"+route
            print("PROBE", pattern.name, path, [client_of(r).get(path.replace("<int:pk>","1")).status_code for r in ("visitor","member")])
