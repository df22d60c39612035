"""Moderation in the back office: looked up there, changed only through the acts of the queue, quick on large tables."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from reviews.models import Act, Appeal, Case, Notice, Report, Review, Rule, Title
from reviews.moderation.appealing import appeal
from reviews.moderation.deciding import Decision, NotYours, decide
from reviews.moderation.suspending import NotSuspendable, lift, suspend
from tests.factories import a_case, a_keeper, a_member, a_moderator, a_review, a_title

pytestmark = pytest.mark.django_db
BEGINNING = datetime(2020, 1, 1, tzinfo=UTC)
MODELS: dict[str, Any] = {
    "act": Act,
    "case": Case,
    "report": Report,
    "appeal": Appeal,
    "notice": Notice,
    "review": Review,
}
LOOKED_UP = list(MODELS)
LISTS = [f"/admin/reviews/{name}/" for name in (*LOOKED_UP, "title", "houserules", "genre")] + ["/admin/accounts/user/"]


@pytest.fixture
def keeper() -> User:
    return a_keeper("keeper")


@pytest.fixture
def admin(client: Client, keeper: User) -> Client:
    client.force_login(keeper)
    return client


@pytest.fixture
def some_moderation(keeper: User) -> Review:
    """A review that was reported, hidden and appealed about."""
    review = a_review(a_title("The Ferry"), a_member("ferryman", name="The Ferryman"))
    case = a_case(review, a_member("passenger"), words="He is rude.")
    act = decide(case.pk, keeper, case.version, Decision(Act.Kind.HIDE, Rule.objects.get(number=2), "Rude."))
    appeal(act, review.author, Appeal.Kind.OBJECTION, "I am not.")
    a_case(a_review(a_title("The Tide")))
    return review


def listed(client: Client, name: str, query: str = "") -> int:
    """How many rows the list shows."""
    page = client.get(f"/admin/reviews/{name}/{query}")
    assert page.status_code == 200
    return len(page.context["cl"].result_list)


# Looking up


@pytest.mark.parametrize("name", LOOKED_UP)
def test_what_is_looked_up_is_neither_added_nor_changed_nor_deleted(
    admin: Client, some_moderation: Review, name: str
) -> None:
    row: Any = MODELS[name].objects.first()
    before = MODELS[name].objects.values().get(pk=row.pk)
    own = f"/admin/reviews/{name}/{row.pk}/"
    assert admin.get(f"{own}change/").status_code == 200
    assert admin.post(f"{own}change/", {"reason": "X", "state": "published"}).status_code == 403
    for method in (admin.get, admin.post):
        assert method(f"{own}delete/", {"post": "yes"}).status_code == 403
        assert method(f"/admin/reviews/{name}/add/", {}).status_code == 403
    action = {"action": "delete_selected", "_selected_action": [row.pk], "post": "yes"}
    admin.post(f"/admin/reviews/{name}/", action)
    assert MODELS[name].objects.values().get(pk=row.pk) == before


def test_an_act_of_what_is_gone_is_still_looked_up(admin: Client) -> None:
    act = Act.objects.create(kind="hide", review_id=10**6, title_id=10**6, member_id=10**6, moderator_id=10**6)
    assert listed(admin, "act") == 1
    assert admin.get(f"/admin/reviews/act/{act.pk}/change/").status_code == 200


@pytest.mark.parametrize(
    ("name", "words", "found"),
    [
        ("act", "ferryman", 1),
        ("act", "KEEPER", 1),
        ("act", "ferry", 1),
        ("act", "tide", 0),
        ("case", "ferryman", 2),
        ("case", "tide", 1),
        ("report", "passenger", 1),
        ("report", "ferry", 1),
        ("appeal", "ferryman", 1),
        ("notice", "passenger", 2),
        ("review", "ferryman", 1),
        ("review", "99999999999999999999999", 0),
        ("act", "² \u0661 ' %", 0),
    ],
)
def test_each_is_searched(admin: Client, some_moderation: Review, name: str, words: str, found: int) -> None:
    assert listed(admin, name, f"?q={words}") == found


@pytest.mark.parametrize("name", LOOKED_UP)
def test_each_is_found_by_its_number(admin: Client, some_moderation: Review, name: str) -> None:
    row: Any = MODELS[name].objects.first()
    page = admin.get(f"/admin/reviews/{name}/?q={row.pk}")
    assert row in page.context["cl"].result_list


@pytest.mark.parametrize(
    ("name", "query", "found"),
    [
        ("act", "?kind__exact=hide", 1),
        ("act", "?kind__exact=fold", 0),
        ("act", "?by__exact=moderator", 1),
        ("act", "?rule=Hard+on+works,+fair+to+people", 1),
        ("act", "?rule=Nothing", 0),
        ("case", "?closed=no", 2),
        ("case", "?closed=yes", 1),
        ("report", "?decided=no", 1),
        ("report", "?decided=yes", 1),
        ("report", "?reason__exact=insult", 2),
        ("report", "?upheld__exact=1", 1),
        ("appeal", "?decided=no", 1),
        ("appeal", "?kind__exact=edited", 0),
        ("notice", "?read__exact=0", 4),
        ("notice", "?mailed=yes", 0),
        ("notice", "?mailed=nonsense", 4),
    ],
)
def test_each_is_filtered(admin: Client, some_moderation: Review, name: str, query: str, found: int) -> None:
    assert listed(admin, name, query) == found


# What changes a review or an account


@pytest.mark.parametrize("where", ["list", "page"])
def test_a_case_is_opened_from_a_review_and_leads_to_the_queue(admin: Client, where: str) -> None:
    review = a_review()
    own = "/admin/reviews/review/" + (f"{review.pk}/change/" if where == "page" else "")
    page = admin.get(own)
    field = re.search(r'name="([\w-]*action)"', page.content.decode())
    assert field, "no action is offered"
    answer = admin.post(own, {field[1]: "open_case", "_selected_action": [review.pk]})
    case = Case.objects.get(review=review)
    assert answer.headers["Location"] == f"/moderation/case/{case.pk}/"
    assert admin.get(f"/moderation/case/{case.pk}/").status_code == 200
    assert (case.closed, case.weight) == (None, 0)
    review.refresh_from_db()
    assert review.state == "published"
    # Once more is the same case, and a decision ends it.
    admin.post(own, {field[1]: "open_case", "_selected_action": [review.pk]})
    moderator = a_moderator()
    decide(case.pk, moderator, case.version, Decision(Act.Kind.HIDE, reason="Rude."))
    assert Case.objects.get().closed


def test_several_reviews_become_a_case_each(admin: Client) -> None:
    chosen = [a_review().pk for _ in range(3)]
    answer = admin.post("/admin/reviews/review/", {"action": "open_case", "_selected_action": chosen}, follow=True)
    assert "3 cases wait in the queue." in answer.content.decode()
    assert Case.objects.filter(closed=None).count() == 3


def test_too_many_at_once_are_refused(admin: Client) -> None:
    author = a_member()
    for _ in range(51):
        a_review(author=author)
    chosen = list(Review.objects.values_list("pk", flat=True))
    sent = {"action": "open_case", "_selected_action": chosen, "select_across": "1"}
    assert "at most 50" in admin.post("/admin/reviews/review/", sent, follow=True).content.decode()
    assert not Case.objects.exists()


def clerk_of(*permissions: str) -> User:
    clerk = a_keeper("clerk", is_superuser=False)
    clerk.user_permissions.set(Permission.objects.filter(codename__in=permissions))
    return clerk


def test_staff_who_are_no_moderators_open_no_case_and_suspend_nobody(client: Client) -> None:
    client.force_login(clerk_of("view_review", "view_user", "change_user"))
    review = a_review()
    assert "Open a case" not in client.get("/admin/reviews/review/").content.decode()
    client.post("/admin/reviews/review/", {"action": "open_case", "_selected_action": [review.pk]})
    path = f"/admin/accounts/user/{review.author_id}/suspend/"
    sent = {"length": "day", "rule": Rule.objects.all()[0].pk, "reason": "Rude."}
    assert client.get(path).status_code == client.post(path, sent).status_code == 403
    assert not Case.objects.exists()
    assert not Act.objects.exists()


def suspension(member: User, **changes: str) -> dict[str, Any]:
    return {"length": "week", "rule": Rule.objects.get(number=8).pk, "reason": "Three accounts.", **changes}


def test_a_member_is_suspended_and_let_go_with_record_and_notice(admin: Client, keeper: User) -> None:
    member = a_member("ferryman")
    asked = admin.post("/admin/accounts/user/", {"action": "suspend_or_lift", "_selected_action": [member.pk]})
    path = asked.headers["Location"]
    assert path == f"/admin/accounts/user/{member.pk}/suspend/"
    assert "Three accounts." not in admin.get(path).content.decode()
    assert admin.post(path, suspension(member)).headers["Location"] == f"/admin/accounts/user/{member.pk}/change/"
    member.refresh_from_db()
    assert member.is_suspended
    act = Act.objects.get()
    assert (act.kind, act.by, act.moderator, act.member, act.review) == ("suspend", "moderator", keeper, member, None)
    assert (act.days, act.rule.number if act.rule else 0, act.reason) == (7, 8, "Three accounts.")
    assert [(notice.member, notice.act) for notice in Notice.objects.all()] == [(member, act)]
    assert Case.objects.get().closed
    assert "Lift the suspension" in admin.get(path).content.decode()
    assert admin.post(path, {"reason": "Was one person after all."}).status_code == 302
    member.refresh_from_db()
    assert not member.is_suspended
    assert list(Act.objects.order_by("pk").values_list("kind", flat=True)) == ["suspend", "lift"]


@pytest.mark.parametrize(
    "changes",
    [{"reason": ""}, {"reason": "  "}, {"reason": "a\x07b"}, {"length": "year"}, {"rule": "0"}, {"reason": "x" * 1001}],
)
def test_a_suspension_without_length_rule_or_reason_is_refused(admin: Client, changes: dict[str, str]) -> None:
    member = a_member()
    answer = admin.post(f"/admin/accounts/user/{member.pk}/suspend/", suspension(member, **changes))
    assert answer.status_code == 200
    assert 'class="errorlist' in answer.content.decode()
    assert not Act.objects.exists()


def test_a_rule_of_an_older_version_is_not_offered(admin: Client) -> None:
    from reviews.models import HouseRules

    old = Rule.objects.get(number=8)
    Rule.objects.create(house_rules=HouseRules.objects.create(number=2), number=1, name="Be brief", text="Or good.")
    member = a_member()
    answer = admin.post(f"/admin/accounts/user/{member.pk}/suspend/", suspension(member, rule=str(old.pk)))
    assert answer.status_code == 200
    assert not Act.objects.exists()


def test_one_member_at_a_time(admin: Client) -> None:
    chosen = [a_member().pk, a_member().pk]
    answer = admin.post("/admin/accounts/user/", {"action": "suspend_or_lift", "_selected_action": chosen}, follow=True)
    assert "Choose one member" in answer.content.decode()


def test_looking_at_the_form_suspends_nobody(admin: Client) -> None:
    member = a_member()
    admin.get(f"/admin/accounts/user/{member.pk}/suspend/", suspension(member))
    member.refresh_from_db()
    assert not member.suspended
    assert admin.get("/admin/accounts/user/999999999/suspend/").status_code == 404


def test_nobody_suspends_themselves_or_a_superuser_and_moderators_not_each_other(keeper: User) -> None:
    moderator, other = a_moderator(), a_moderator()
    tried = [(moderator, moderator), (moderator, keeper), (keeper, keeper), (moderator, other), (keeper, a_keeper())]
    for who, whom in tried:
        with pytest.raises(NotSuspendable):
            suspend(whom.pk, who, rule=None, reason="Rude.", length="good")
        assert not Case.objects.exists()
    suspend(other.pk, keeper, rule=None, reason="Rude.", length="good")
    with pytest.raises(NotSuspendable):
        lift(other.pk, other, reason="I am sorry.")
    assert Act.objects.get().for_good


def test_the_same_holds_in_the_queue(keeper: User) -> None:
    review = a_review(author=keeper)
    case, moderator = a_case(review), a_moderator()
    with pytest.raises(NotYours, match="superuser"):
        decide(case.pk, moderator, case.version, Decision(Act.Kind.SUSPEND, reason="Rude.", suspension="day"))
    assert not Act.objects.exists()


def test_what_cannot_be_done_is_said_on_the_form(admin: Client, keeper: User) -> None:
    answer = admin.post(f"/admin/accounts/user/{keeper.pk}/suspend/", suspension(keeper))
    assert "It is your own account." in answer.content.decode()
    assert not Act.objects.exists()


def test_a_suspension_that_was_appealed_is_lifted_in_the_queue_alone(keeper: User) -> None:
    member, other = a_member(), a_keeper()
    act = suspend(member.pk, keeper, rule=None, reason="Rude.", length="good")
    appeal(Act.objects.get(pk=act.pk), member, Appeal.Kind.OBJECTION, "I am not.")
    with pytest.raises(NotSuspendable, match="waits in the queue"):
        lift(member.pk, other, reason="Enough.")
    member.refresh_from_db()
    assert member.is_suspended


def test_who_is_not_suspended_is_not_let_go() -> None:
    member = a_member()
    with pytest.raises(NotSuspendable, match="not suspended"):
        lift(member.pk, a_moderator(), reason="Enough.")


def test_a_suspension_does_not_close_what_else_waits_about_the_member(keeper: User) -> None:
    review = a_review()
    case = a_case(review)
    suspend(review.author_id, keeper, rule=None, reason="Rude.", length="day")
    case.refresh_from_db()
    assert case.closed is None


def test_no_form_of_a_member_suspends_them_past_the_record(admin: Client) -> None:
    member = a_member("ferryman")
    fields = {"username": "ferryman", "is_active": "on", "suspended": "on", "suspended_until": "2030-01-01"}
    assert admin.post(f"/admin/accounts/user/{member.pk}/change/", fields).status_code == 302
    member.refresh_from_db()
    assert not member.suspended


# Large tables


def fill(number: int) -> None:
    """That many rows in each of the large tables."""
    titles = Title.objects.bulk_create(Title(name=f"T{n}", slug=f"t{n}", kind="film") for n in range(number))
    people = User.objects.bulk_create(User(username=f"u{n}", password="!") for n in range(number))
    reviews = Review.objects.bulk_create(
        Review(title=title, author=member, headline=f"H {n}", body="b" * 200, created=BEGINNING)
        for n, (title, member) in enumerate(zip(titles, people, strict=True))
    )
    cases = Case.objects.bulk_create(Case(review=review) for review in reviews)
    rules = list(Rule.objects.all())
    acts = Act.objects.bulk_create(
        Act(
            kind=Act.Kind.values[n % 11],
            at=BEGINNING + timedelta(hours=n),
            review=review,
            title=review.title,
            member=review.author,
            moderator=people[0],
            rule=rules[n % 8],
            reason="r" * 100,
            case_number=cases[n].pk,
        )
        for n, review in enumerate(reviews)
    )
    reports = Report.objects.bulk_create(
        Report(case=cases[n], review=review, reporter=people[n - 1], reason="insult", weight=1)
        for n, review in enumerate(reviews)
    )
    Appeal.objects.bulk_create(
        Appeal(act=act, case=cases[n], member=people[n], kind="objection") for n, act in enumerate(acts)
    )
    Notice.objects.bulk_create(Notice(member=people[n], act=act, report=reports[n]) for n, act in enumerate(acts))
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


@pytest.mark.parametrize("list_of", LISTS)
def test_lists_ask_as_little_for_many_rows_as_for_few(admin: Client, keeper: User, list_of: str) -> None:
    counted = []
    for number in (3, 60):
        for model in (Notice, Appeal, Report, Case, Review):
            model.objects.all().delete()
        Title.objects.all().delete()
        User.objects.exclude(pk=keeper.pk).delete()
        fill(number)
        with CaptureQueriesContext(connection) as queries:
            assert admin.get(list_of).status_code == 200
        counted.append(len(queries))
    assert counted[0] == counted[1] <= 10


@pytest.fixture(scope="module")
def large() -> int:
    return 20_000


def test_no_list_sorts_or_reads_a_large_table(admin: Client, large: int) -> None:
    fill(large)
    big = ["act", "case", "report", "appeal", "notice", "review", "title"]
    visited = 0
    for list_of in [*(f"/admin/reviews/{name}/" for name in big), "/admin/accounts/user/"]:
        with CaptureQueriesContext(connection) as queries:
            assert admin.get(list_of).status_code == 200
        rows = [query["sql"] for query in queries if "LIMIT 50" in query["sql"]]
        assert rows, list_of
        for sql in rows:
            with connection.cursor() as cursor:
                cursor.execute(f"EXPLAIN {sql}")
                plan = "\n".join(row[0] for row in cursor.fetchall())
            visited += 1
            assert not re.search(r"Sort  \(cost", plan), f"{list_of}\n{plan}"
            scans = re.findall(r"Seq Scan on (\w+)", plan)
            assert not [name for name in scans if name not in {"reviews_rule", "reviews_houserules"}], (
                f"{list_of}\n{plan}"
            )
    assert visited >= 8
