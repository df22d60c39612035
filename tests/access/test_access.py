"""Who gets what answer where: a table over all addresses of the site, which fails on one that it does not know."""

from collections.abc import Iterator

import pytest
from django.test import Client
from django.urls import URLPattern

from reviews.models import Report, Vote
from tests.factories import a_keeper, a_member, a_moderator
from tests.surfaces import (
    ACTS,
    ADMIN,
    ALLAUTH,
    FILES,
    FORMS,
    MODERATION,
    OWN,
    READING,
    SIGN_IN,
    FilledSite,
    a_filled_site,
    own_names,
    pages,
    patterns,
)

pytestmark = pytest.mark.django_db

ROLES = ["visitor", "member", "staff"]
UNSAFE = ["post", "put", "patch", "delete"]

# allauth's addresses: what a GET answers a visitor and a member. Redirects go to sign-in or away from it.
ACCOUNTS = {
    "account_login": (200, 302),
    "account_logout": (302, 200),
    "account_inactive": (200, 200),
    "account_signup": (200, 302),
    "account_reauthenticate": (302, 200),
    "account_email": (302, 200),
    "account_email_verification_sent": (200, 200),
    "account_change_password": (302, 200),
    "account_set_password": (302, 302),
    "account_reset_password": (200, 200),
    "account_confirm_login_code": (302, 302),
    "account_confirm_email": (200, 200),
    "account_reset_password_from_key_done": (200, 200),
    "account_reset_password_from_key": (200, 200),
    "account_reset_password_done": (200, 200),
    # A member's own, which lead to "Is it you?" where the password is asked for first.
    "leave": (302, 302),
    "left": (200, 200),
    "export": (302, 200),
    "download_export": (302, 404),
    "settings": (302, 200),
    "blocked": (302, 200),
    "unblock": (405, 405),
    "usersessions_list": (302, 200),
    "end_session": (405, 405),
    # Second factors: a change asks for the password first, what is not there yet is not found.
    "mfa_index": (302, 200),
    "mfa_authenticate": (302, 302),
    "mfa_reauthenticate": (302, 302),
    "mfa_activate_totp": (302, 302),
    "mfa_deactivate_totp": (302, 404),
    "mfa_view_recovery_codes": (302, 404),
    "mfa_generate_recovery_codes": (302, 302),
    "mfa_download_recovery_codes": (302, 404),
    "mfa_list_webauthn": (302, 200),
    "mfa_add_webauthn": (302, 302),
    "mfa_reauthenticate_webauthn": (302, 302),
    "mfa_remove_webauthn": (302, 302),
    "mfa_edit_webauthn": (302, 302),
    "mfa_login_webauthn": (302, 302),
}
ACCOUNT_ARGS = {
    "account_confirm_email": "confirm-email/nobody-has-this-key/",
    "account_reset_password_from_key": "password/reset/key/1-nobody-has-this/",
}


@pytest.fixture
def site() -> FilledSite:
    return a_filled_site()


def client_of(role: str) -> Client:
    client = Client()
    if role == "member":
        client.force_login(a_member("somebody", email="somebody@private.example"))
    if role == "moderator":
        client.force_login(a_moderator("keeper", email="keeper@private.example"))
    if role == "staff":
        client.force_login(a_keeper("chief", email="chief@private.example"))
    return client


def branch(prefix: str) -> Iterator[tuple[str, URLPattern]]:
    return ((route, pattern) for route, pattern in patterns() if route.startswith(prefix))


def test_every_address_of_the_site_is_in_the_table() -> None:
    assert own_names() == READING.keys() | FILES.keys() | ACTS.keys() | OWN.keys() | FORMS.keys() | MODERATION.keys()
    assert {pattern.name for _, pattern in branch(ALLAUTH)} == ACCOUNTS.keys()
    assert len(list(branch(ADMIN))) > 10


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("name", [*READING, *FILES])
def test_everybody_may_read_what_is_published(site: FilledSite, name: str, role: str) -> None:
    client, path = client_of(role), {**READING, **FILES}[name](site)
    assert client.get(path).status_code == 200
    assert client.head(path).status_code == 200


@pytest.mark.parametrize("name", [*READING, *FILES])
def test_reading_changes_nothing_and_takes_nothing(site: FilledSite, name: str) -> None:
    client, path = client_of("member"), {**READING, **FILES}[name](site)
    for method in UNSAFE:
        response = getattr(client, method)(path)
        assert response.status_code == 405, method
        assert "GET" in response["Allow"]
        assert "POST" not in response["Allow"]


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("name", ACTS)
def test_nothing_is_done_by_looking(site: FilledSite, name: str, role: str) -> None:
    client, path = client_of(role), ACTS[name](site)
    for method in ("get", "head", "put", "patch", "delete"):
        assert getattr(client, method)(path, query_params={"vote": "yes"}).status_code == 405, method
    assert not Vote.objects.exists()


@pytest.mark.parametrize("name", ACTS)
def test_an_act_asks_a_visitor_to_sign_in_first(client: Client, site: FilledSite, name: str) -> None:
    response = client.post(ACTS[name](site), {"vote": "yes"})
    assert response.status_code == 302
    assert response["Location"].startswith("/accounts/login/?next=")
    assert not Vote.objects.exists()


# What a GET answers the author of the review, and another member who has begun nothing.
OWN_PAGES = {
    "write": (200, 200),
    "discard": (404, 404),
    "delete": (200, 403),
    "drafts": (200, 200),
    "notices": (200, 200),
    "decision": (200, 404),
    "suspension": (404, 404),
}
# These only show; the others take a form.
ONLY_SHOW = {"drafts", "notices", "decision", "suspension"}


@pytest.mark.parametrize("name", OWN)
def test_what_a_member_has_in_hand_is_theirs_alone(client: Client, site: FilledSite, name: str) -> None:
    path = OWN[name](site)
    for answer in (client.get(path), client.post(path, {"body": "Nothing."})):
        assert answer.status_code == (405 if name in ONLY_SHOW and answer.request["REQUEST_METHOD"] == "POST" else 302)
        assert answer.status_code == 405 or answer["Location"].startswith("/accounts/login/?next=")
    author, other = Client(), client_of("member")
    author.force_login(site.author)
    assert (author.get(path).status_code, other.get(path).status_code) == OWN_PAGES[name]
    site.review.refresh_from_db()
    assert site.review.state == "published"


@pytest.mark.parametrize("name", MODERATION)
def test_moderation_is_for_moderators(client: Client, site: FilledSite, name: str) -> None:
    path = MODERATION[name](site)
    assert client.get(path)["Location"].startswith("/accounts/login/?next=")
    assert client_of("member").get(path).status_code == 403
    assert client_of("staff").get(path).status_code == 200
    moderator = client_of("moderator")
    assert (moderator.get(path).status_code, moderator.post(path).status_code) == (200, 405)


@pytest.mark.parametrize("name", ACTS)
def test_an_act_is_refused_without_the_token_of_the_form(site: FilledSite, name: str) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(a_member("somebody"))
    assert client.post(ACTS[name](site), {"vote": "yes"}).status_code == 403
    assert not Vote.objects.exists()


@pytest.mark.parametrize("name", ACCOUNTS)
def test_accounts_answer_visitors_and_members(name: str) -> None:
    path = "/accounts/" + ACCOUNT_ARGS.get(name, "")
    if name not in ACCOUNT_ARGS:
        route = next(route for route, pattern in branch(ALLAUTH) if pattern.name == name)
        path = "/" + route.replace("<int:pk>", "1")
    assert tuple(client_of(role).get(path).status_code for role in ("visitor", "member")) == ACCOUNTS[name]


def test_getting_the_sign_out_page_signs_nobody_out() -> None:
    client = client_of("member")
    client.get("/accounts/logout/")
    assert client.session.get("_auth_user_id")


@pytest.mark.parametrize("role", ["visitor", "member"])
def test_the_admin_is_closed_to_all_but_staff(role: str) -> None:
    client, tried = client_of(role), 0
    for route, pattern in branch(ADMIN):
        path = "/" + route.replace("<path:object_id>", "1").replace("<path:content_type_id>", "1")
        if "(" in path or pattern.name in {"login", "jsi18n"}:
            continue
        for method in ("get", "post"):
            response = getattr(client, method)(path)
            assert response.status_code == 302, f"{method} {path}"
            assert response["Location"].startswith("/admin/"), path
        tried += 1
    assert tried > 10


def test_staff_reach_the_admin() -> None:
    client = client_of("staff")
    assert client.get("/admin/").status_code == 200
    tried = 0
    for route, pattern in branch(ADMIN):
        if (pattern.name or "").endswith("_changelist"):
            assert client.get("/" + route).status_code == 200, route
            tried += 1
    assert tried >= 2


@pytest.mark.parametrize("pk", [10**9, 2**63, 2**64, 10**40])
def test_an_act_on_what_is_not_there_is_not_found(pk: int) -> None:
    assert client_of("member").post(f"/review/{pk}/vote/", {"vote": "yes"}).status_code == 404
    moderator = client_of("moderator")
    assert moderator.get(f"/moderation/case/{pk}/").status_code == 404
    assert moderator.post(f"/moderation/case/{pk}/decide/", {"version": "0"}).status_code == 404


PARTS = {
    "NUL": "%00",
    "NUL inside": "the%00lamplighter",
    "overlong": "x" * 5000,
    "a long number": "9" * 5000,
    "a number beyond bigint": str(2**64),
    "broken UTF-8": "%ff%fe",
    "half a letter": "%ed%a0%80",
    "an emoji": "%F0%9F%8E%AC",
    "digits of another script": "%D9%A1%D9%A2",
    "dots": "..%2f..%2fetc%2fpasswd",
    "a line break": "a%0d%0aSet-Cookie:%20x=1",
    "a space": "%20",
    "markup": "%3Cscript%3E",
    "percent": "%25",
    "SQL": "'%20OR%201=1--",
    "letters": "%C3%85se",
}
SHAPES = [
    "/title/{}/",
    "/title/{}/reviews/",
    "/title/{}/ratings/",
    "/title/{}/awards/",
    "/title/{}/faq/",
    "/title/{}/critic-reviews/",
    "/title/{}/external-reviews/",
    "/review/{}/",
    "/user/{}/",
    "/poster/{}/large.webp",
    "/poster/abc/{}.webp",
    "/{}/",
    "/titles/{}/",
    "/about/{}/",
    "/reviews/{}",
    "/accounts/{}/",
]


@pytest.mark.parametrize("part", PARTS.values(), ids=PARTS)
@pytest.mark.parametrize("shape", SHAPES)
def test_a_part_of_an_address_that_nobody_made_is_not_found(client: Client, shape: str, part: str) -> None:
    response = client.get(shape.format(part))
    assert response.status_code == 404
    assert b"<h1>" in response.content
    assert b"<script>" not in response.content
    assert "Set-Cookie" not in response.headers


@pytest.mark.parametrize(
    "path", ["/title/the-lamplighter-1974", "/titles", "/reviews", "/about", "/user/author", "/admin"]
)
def test_an_address_without_its_slash_leads_to_the_one_with_it(client: Client, path: str) -> None:
    response = client.get(path)
    assert (response.status_code, response["Location"]) == (301, path + "/")


@pytest.mark.parametrize("path", ["//evil.example/titles", "/\\evil.example/titles", "/%2f%2fevil.example"])
def test_no_address_leads_away_from_the_site(client: Client, path: str) -> None:
    response = client.get(path)
    assert response.status_code in {301, 404}
    assert not response.headers.get("Location", "/").startswith(("//", "/\\", "http"))


@pytest.mark.parametrize("name", [*READING, *FILES])
def test_reading_gives_a_visitor_no_session_and_no_token(client: Client, site: FilledSite, name: str) -> None:
    response = client.get({**READING, **FILES}[name](site))
    assert set(response.cookies) <= {"viewed"}
    assert b"csrfmiddlewaretoken" not in response.content


@pytest.mark.parametrize("name", READING)
def test_a_page_that_differs_between_readers_is_not_kept_for_all(client: Client, site: FilledSite, name: str) -> None:
    response = client.get(READING[name](site))
    assert "Cookie" in response["Vary"]
    assert "public" not in response.get("Cache-Control", "")


@pytest.mark.parametrize("role", ROLES)
def test_no_page_tells_an_address_of_anybody(site: FilledSite, role: str) -> None:
    client, visited = client_of(role), 0
    own = {"member": ["/user/somebody/"], "staff": [path(site) for path in MODERATION.values()]}
    for path in [*pages(site).values(), *own.get(role, [])]:
        response = client.get(path)
        assert b"private.example" not in response.content, path
        assert site.author.password.encode() not in response.content
        visited += 1
    assert visited >= len(READING) + len(SIGN_IN)


def test_a_members_page_of_every_kind_of_account_is_readable(client: Client) -> None:
    a_member("imported", source_key="file:imported", name="Ole\u202e\u200f של", email="")
    a_member("demo", is_demo=True)
    a_member("with.dots+and@signs")
    for username in ["imported", "demo", "with.dots+and@signs"]:
        assert client.get(f"/user/{username}/").status_code == 200


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("name", FORMS)
def test_a_form_for_all_is_open_to_all_and_sends_nothing_by_looking(site: FilledSite, name: str, role: str) -> None:
    client, path = client_of(role), FORMS[name](site)
    before = Report.objects.count()
    for method, status in (("get", 200), ("head", 200), ("put", 405), ("patch", 405), ("delete", 405)):
        assert getattr(client, method)(path, query_params={"reason": "insult"}).status_code == status, method
    strict = Client(enforce_csrf_checks=True)
    assert strict.post(path, {"reason": "insult"}).status_code == 403
    assert Report.objects.count() == before


# What a GET of the decision about the author's review answers whom.
@pytest.mark.parametrize(
    ("role", "status"), [("visitor", 302), ("member", 404), ("author", 200), ("moderator", 200), ("staff", 200)]
)
def test_a_decision_is_for_whom_it_is_about_and_for_moderators(site: FilledSite, role: str, status: int) -> None:
    client = client_of(role)
    if role == "author":
        client.force_login(site.author)
    if role == "moderator":
        client.force_login(a_moderator("watch"))
    assert client.get(OWN["decision"](site)).status_code == status
    appealed = client.post(ACTS["appeal"](site), {"kind": "objection", "words": "It is about the work."})
    assert appealed.status_code == {"author": 302, "visitor": 302, "member": 404}.get(role, 409)
    assert site.act.appeals.count() == (role == "author")
