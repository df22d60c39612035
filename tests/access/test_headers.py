"""What every answer says to the browser: the strict policy, and that nothing in any page would need a weaker one."""

import re
from pathlib import Path
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client, RequestFactory
from pytest_django import Settings

from reviewsite.compression import LEAST, CompressionMiddleware
from tests.factories import a_keeper, a_member
from tests.html import Node, tree
from tests.surfaces import FILES, FilledSite, a_filled_site, pages

pytestmark = pytest.mark.django_db

POLICY = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self' data:",
    "font-src": "'self'",
    "connect-src": "'self'",
    "form-action": "'self'",
    "manifest-src": "'self'",
    "base-uri": "'none'",
    "frame-ancestors": "'none'",
}
DATA_SCRIPTS = {"application/json", "application/ld+json"}


@pytest.fixture
def site() -> FilledSite:
    return a_filled_site()


def all_pages(site: FilledSite) -> list[tuple[str, Any]]:
    """Every page as a visitor gets it and as a member does, the admin's sign-in, files, and the error pages."""
    visitor, member, staff = Client(), Client(), Client()
    visitor.raise_request_exception = False
    member.force_login(a_member("somebody"))
    staff.force_login(a_keeper("chief"))
    found = [(path, client.get(path)) for client in (visitor, member) for path in pages(site).values()]
    found += [(path(site), visitor.get(path(site))) for path in FILES.values()]
    found += [
        (path, member.get(path)) for path in ("/accounts/logout/", "/accounts/email/", "/accounts/password/change/")
    ]
    for path in ("/admin/", "/admin/login/?next=/admin/"):
        found += [(path, visitor.get(path)), (path, staff.get(path))]
    found += [("404", visitor.get("/nothing/")), ("405", visitor.post("/"))]
    found += [("400", visitor.get("/", headers={"host": "evil.example"}))]
    strict = Client(enforce_csrf_checks=True)
    found += [("403", strict.post("/accounts/login/", {"login": "x"}))]
    found += [("a wrong password", visitor.post("/accounts/login/", {"login": "x", "password": "y"}))]
    return found


def test_every_answer_carries_the_strict_policy(site: FilledSite) -> None:
    answers = all_pages(site)
    assert {200, 302, 400, 403, 404, 405} <= {response.status_code for _, response in answers}
    assert len(answers) > 40
    for path, response in answers:
        policy = dict(part.strip().split(" ", 1) for part in response["Content-Security-Policy"].split(";"))
        assert policy == POLICY, path
        assert "Content-Security-Policy-Report-Only" not in response
        assert response["X-Content-Type-Options"] == "nosniff", path
        assert response["X-Frame-Options"] == "DENY", path
        assert response["Referrer-Policy"] == "same-origin", path
        assert response["Cross-Origin-Opener-Policy"] == "same-origin", path
        permissions = dict(part.strip().split("=") for part in response["Permissions-Policy"].split(","))
        assert {"camera", "geolocation", "microphone"} <= permissions.keys(), path
        assert set(permissions.values()) == {"()"}, path


def offences(page: Node) -> list[str]:
    """What the policy would refuse, and what comes from elsewhere."""
    found = []
    for node in page.walk():
        said = f"<{node.tag} {node.attrs}>"
        if node.tag == "style" or "style" in node.attrs:
            found.append(f"inline style: {said}")
        if node.tag == "script" and "src" not in node.attrs and node.attrs.get("type") not in DATA_SCRIPTS:
            found.append(f"inline script: {said}")
        if any(name.startswith(("on", "hx-on")) for name in node.attrs):
            found.append(f"inline handler: {said}")
        if any(value.strip().lower().startswith("javascript:") for value in node.attrs.values()):
            found.append(f"script in an address: {said}")
        loaded = node.attrs.get("src", "") or (node.attrs.get("href", "") if node.tag == "link" else "")
        if loaded and not re.match(r"/(?!/)", loaded):
            found.append(f"from elsewhere: {said}")
        if node.tag == "form" and not re.match(r"(/(?!/)|$|[?.#])", node.attrs.get("action", "")):
            found.append(f"a form to elsewhere: {said}")
        if node.tag in {"iframe", "object", "embed", "base"}:
            found.append(f"not on these pages: {said}")
    return found


def test_no_page_holds_a_script_or_a_style_itself(site: FilledSite) -> None:
    read = 0
    for path, response in all_pages(site):
        if response.get("Content-Type", "").startswith("text/html") and response.content:
            assert not offences(tree(response)), path
            read += 1
    assert read > 35


@pytest.mark.parametrize(
    "html",
    [
        '<p style="color:red">',
        "<style>p{}</style>",
        "<script>1</script>",
        '<a href="javascript:1">',
        '<p onclick="x()">',
        '<script src="https://cdn.example/x.js"></script>',
        '<link href="//cdn.example/x.css">',
        '<form action="https://x.example">',
        '<div hx-on:click="x()">',
        "<iframe></iframe>",
    ],
)
def test_the_check_itself_finds_what_it_looks_for(html: str) -> None:
    closed = html if "</" in html or html.startswith("<link") else f"{html}</{html[1:].split()[0]}>"
    assert offences(tree(closed))


def test_every_page_is_a_whole_document_with_a_title_a_language_and_one_heading(site: FilledSite) -> None:
    titles: dict[str, str] = {}
    for name, path in pages(site).items():
        page = tree(Client().get(path))
        assert page.one("html").attrs["lang"] == "en", name
        assert len(page.all("h1")) == 1, name
        assert len(page.all("main")) == 1, name
        ids = [node.attrs["id"] for node in page.walk() if "id" in node.attrs]
        assert len(ids) == len(set(ids)), f"{name} has an id twice"
        said = page.one("head").one("title")
        text = "".join(child for child in said.children if isinstance(child, str)).strip()
        assert text.endswith("Reviewsite"), name
        assert not text.startswith("·"), f"{name} has no title"
        titles.setdefault(text, name)
    assert len(titles) == len(pages(site)), f"two pages have one title: {titles}"


def test_no_page_is_shown_again_without_asking_and_none_to_somebody_else(site: FilledSite) -> None:
    for name, path in pages(site).items():
        says = {part.strip() for part in Client().get(path)["Cache-Control"].split(",")}
        assert says >= {"private", "no-cache"}, name


def test_static_files_are_named_by_their_content_and_kept_for_ever(settings: Settings, collected: Path) -> None:
    as_served = {"BACKEND": "reviewsite.static_files.StaticFiles"}
    settings.STORAGES = {**settings.STORAGES, "staticfiles": as_served}
    settings.STATIC_ROOT = collected
    client = Client()
    page = tree(client.get("/"))
    linked = [
        node.attrs.get("src") or node.attrs["href"] for node in page.all("script") + page.all("link", rel="stylesheet")
    ]
    linked.append(page.one("link", rel="icon").attrs["href"])
    assert len(linked) == 4
    for path in linked:
        assert re.fullmatch(r"/static/[\w/.-]+\.[0-9a-f]{12}\.\w+", path), path
        response = client.get(path, headers={"accept-encoding": "gzip"})
        assert response.status_code == 200, path
        assert "immutable" in response["Cache-Control"], path
        assert response["X-Content-Type-Options"] == "nosniff", path
        if path.endswith((".css", ".js")) and int(response["Content-Length"]) > 600:
            assert response["Content-Encoding"] == "gzip", path


def encoding_of(accepted: str, response: HttpResponse) -> str:
    request = RequestFactory().get("/", headers={"accept-encoding": accepted})
    answer = CompressionMiddleware(lambda request: HttpResponse()).process_response(request, response)
    return answer.get("Content-Encoding", "")


@pytest.mark.parametrize(("length", "encoding"), [(LEAST - 1, ""), (LEAST, "br")])
def test_an_answer_that_arrives_no_sooner_for_it_is_not_compressed(length: int, encoding: str) -> None:
    assert encoding_of("gzip, br", HttpResponse("a" * length)) == encoding


@pytest.mark.parametrize(
    ("accepted", "encoding"),
    [
        ("gzip, deflate, br, zstd", "br"),
        ("GZIP", "gzip"),
        ("br;q=0, gzip;q=0.5", "gzip"),
        ("br ; q=0.000,gzip; q=0", ""),
        ("*", "br"),
        ("*;q=0", ""),
        ("*, br;q=0", "gzip"),
        ("identity;q=1, *;q=0", ""),
        ("brotli, x-gzip", ""),
        ("br;q=nonsense", "br"),
        ("", ""),
    ],
)
def test_a_browser_is_answered_in_what_it_says_it_reads(accepted: str, encoding: str) -> None:
    assert encoding_of(accepted, HttpResponse("a" * LEAST)) == encoding


@pytest.mark.parametrize(
    ("kind", "encoding"),
    [
        ("text/html; charset=utf-8", "br"),
        ("application/atom+xml; charset=utf-8", "br"),
        ("application/json", "br"),
        ("image/svg+xml", "br"),
        ("image/webp", ""),
        ("application/zip", ""),
    ],
)
def test_what_is_compressed_already_is_not_compressed_again(kind: str, encoding: str) -> None:
    assert encoding_of("gzip, br", HttpResponse("a" * LEAST, content_type=kind)) == encoding
