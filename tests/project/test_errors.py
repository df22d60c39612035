"""When something goes wrong: a readable page that says what happened and what to do now."""

import pytest
from django.test import Client

from tests.html import Node, tree

pytestmark = pytest.mark.urls("tests.project.broken_urls")

ERRORS = {
    "/broken/400/": (400, "This request could not be read."),
    "/broken/403/": (403, "This is not open to you."),
    "/nothing/here/": (404, ""),
    "/broken/500/": (500, "Something went wrong here."),
    "/broken/503/": (503, "The site is out of reach at the moment."),
}


@pytest.fixture
def visitor() -> Client:
    return Client(raise_request_exception=False)


def readable(page: Node) -> None:
    main = page.one("main")
    assert len(main.one("h1").text) > 10
    assert any(len(p.text) > 20 for p in main.all("p")), "it does not say what to do"
    form = main.one("form", role="search")
    assert (form.attrs["action"], form.one("input").attrs["name"]) == ("/titles/", "q")
    assert any(link.attrs["href"] == "/" for link in main.all("a"))


# No test here but the last two may ask the database: these pages are for when it does not answer, too.


@pytest.mark.parametrize("path", ERRORS)
def test_each_error_has_a_readable_page(visitor: Client, path: str) -> None:
    response = visitor.get(path)
    status, sentence = ERRORS[path]
    page = tree(response)
    assert response.status_code == status
    assert response["Content-Type"].startswith("text/html")
    readable(page)
    assert sentence in page.one("main").one("h1").text
    assert b"secret detail" not in response.content
    assert "default-src 'none'" in response["Content-Security-Policy"]
    assert not response.cookies


@pytest.mark.parametrize("path", ["/", "/title/any-1900/reviews/", "/accounts/login/"])
def test_a_database_that_does_not_answer_gets_the_page_for_our_faults(visitor: Client, path: str) -> None:
    visitor.cookies["sessionid"] = "somebodywassignedin"
    response = visitor.get(path)
    assert response.status_code == 500
    readable(tree(response))


def test_what_was_sent_to_a_database_out_of_reach_is_given_back_to_send_again(visitor: Client) -> None:
    words = "One line.\n<b>Another</b> line."
    response = visitor.post("/broken/503/?after=1", {"headline": "Lamps", "body": words, "rating": "8"})
    assert (response.status_code, response["Retry-After"]) == (503, "30")
    form = tree(response).one("main").one("form", method="post")
    assert form.attrs["action"] == "/broken/503/?after=1"
    assert " ".join(words.split()) == form.one("textarea", name="body").text
    sent = {field.attrs["name"]: field.attrs["value"] for field in form.all("input")}
    assert sent.pop("csrfmiddlewaretoken")
    assert sent == {"headline": "Lamps", "rating": "8"}


def test_what_was_sent_with_passwords_is_not_given_back(visitor: Client) -> None:
    response = visitor.post("/accounts/broken/503/", {"login": "ines", "password": "a lantern in the attic"})
    assert response.status_code == 503
    assert b"ines" not in response.content
    assert b"lantern" not in response.content
    readable(tree(response))


def test_a_foreign_host_is_a_bad_request(visitor: Client) -> None:
    response = visitor.get("/", headers={"host": "evil.example"})
    assert response.status_code == 400
    readable(tree(response))
    assert b"evil.example" not in response.content


def test_an_answer_to_the_script_is_an_error_too(visitor: Client) -> None:
    for path, (status, _) in ERRORS.items():
        assert visitor.get(path, headers={"HX-Request": "true"}).status_code == status


@pytest.mark.django_db
def test_a_form_without_its_token_says_that_it_grew_old_and_sets_no_session() -> None:
    response = Client(enforce_csrf_checks=True).post("/accounts/login/", {"login": "a", "password": "b"})
    assert response.status_code == 403
    page = tree(response)
    readable(page)
    assert page.one("main").one("h1").text == "This form has grown old."
    assert "sessionid" not in response.cookies


@pytest.mark.django_db
def test_the_not_found_page_of_a_member_keeps_them_signed_in(visitor: Client) -> None:
    from tests.factories import a_member

    visitor.force_login(a_member("reader", name="The Reader"))
    response = visitor.get("/nothing/here/")
    assert response.status_code == 404
    assert "The Reader" in tree(response).one("header", cls="site-header").text
