"""Accounts as a newcomer meets them, with JavaScript and without: by forms, by mail, by codes, by a passkey."""

import itertools
import re
import time
from collections.abc import Callable

import pytest
from allauth.mfa.totp.internal import auth as totp
from playwright.sync_api import Page, expect

from tests.browser.conftest import Visitor
from tests.browser.test_accessibility import sound

PASSWORD, NEW = "a lantern in the attic", "another lantern, further up"
numbers = itertools.count(1)
pytestmark = pytest.mark.usefixtures("no_attempts_so_far", "letters")
scripted = pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])


@pytest.fixture
def name() -> str:
    """Another for each test: they share one site."""
    return f"newcomer{next(numbers)}"


def main(page: Page, words: str) -> None:
    page.locator("main").get_by_role("button", name=words, exact=True).click()


def join(page: Page, name: str) -> None:
    page.goto("/accounts/signup/")
    page.get_by_label("Username").fill(name)
    page.get_by_label("E-mail").fill(f"{name}@example.org")
    page.get_by_label("Password").fill(PASSWORD)
    main(page, "Join")


def sign_in(page: Page, login: str, password: str = PASSWORD) -> None:
    page.goto("/accounts/login/")
    page.get_by_label("Username or e-mail").fill(login)
    page.get_by_label("Password", exact=True).fill(password)
    main(page, "Sign in")


def sign_out(page: Page) -> None:
    page.goto("/accounts/logout/")
    main(page, "Sign out")


def confirm_password(page: Page, password: str = PASSWORD) -> None:
    expect(page.get_by_role("heading", level=1)).to_have_text("Is it you?")
    page.get_by_label("Password", exact=True).fill(password)
    main(page, "Go on")


@scripted
def test_joining_confirming_and_signing_in_by_either_name(
    visitor: Visitor, letters: Callable[[str], str], name: str, script: bool
) -> None:
    page = visitor.open("/", script=script)
    join(page, name)
    page.goto(letters(f"{name}@example.org"))
    main(page, "Confirm")
    page.goto("/accounts/email/")
    expect(page.locator("main")).to_contain_text("first, confirmed")
    for login in (name, f"{name}@example.org"):
        sign_out(page)
        sign_in(page, login, "not the password")
        expect(page.locator(".summary")).to_contain_text("do not go together")
        sign_in(page, login)
        expect(page.locator(".menu-name")).to_have_text(name)


@scripted
def test_a_forgotten_password_is_replaced_by_mail(
    visitor: Visitor, letters: Callable[[str], str], name: str, script: bool
) -> None:
    page = visitor.open("/", script=script)
    join(page, name)
    sign_out(page)
    page.goto("/accounts/login/")
    page.get_by_role("link", name="Forgotten it?").click()
    page.get_by_label("E-mail").fill(f"{name}@example.org")
    main(page, "Send the link")
    page.goto(letters(f"{name}@example.org"))
    page.get_by_label("New password", exact=True).fill(NEW)
    page.get_by_label("New password once more").fill(NEW)
    main(page, "Save the password")
    sign_in(page, name, NEW)
    expect(page.locator(".menu-name")).to_have_text(name)


@scripted
def test_password_and_address_are_changed_and_other_devices_signed_out(
    visitor: Visitor, letters: Callable[[str], str], name: str, script: bool
) -> None:
    page, elsewhere = visitor.open("/", script=script), visitor.open("/", script=script)
    join(page, name)
    sign_in(elsewhere, name)
    page.goto("/accounts/sessions/")
    expect(page.locator(".listed li")).to_have_count(2)
    page.goto("/accounts/password/change/")
    page.get_by_label("Current password").fill(PASSWORD)
    page.get_by_label("New password", exact=True).fill(NEW)
    page.get_by_label("New password once more").fill(NEW)
    main(page, "Change password")
    expect(page.get_by_role("status").get_by_text("Your password is changed.")).to_be_visible()
    elsewhere.goto("/accounts/settings/")
    expect(elsewhere.get_by_role("heading", level=1)).to_have_text("Sign in")
    page.goto("/accounts/email/")
    page.get_by_label("E-mail", exact=True).fill(f"{name}.two@example.org")
    main(page, "Add address")
    confirm_password(page, NEW)
    expect(page.locator("main")).to_contain_text(f"{name}.two@example.org")
    page.goto(letters(f"{name}.two@example.org"))
    main(page, "Confirm")


@scripted
def test_one_device_is_signed_out_from_another(visitor: Visitor, name: str, script: bool) -> None:
    page, elsewhere = visitor.open("/", script=script), visitor.open("/", script=script)
    join(page, name)
    sign_in(elsewhere, name)
    page.goto("/accounts/sessions/")
    page.get_by_role("button", name=re.compile("^End Chrome")).click()
    expect(page.locator("main")).to_contain_text("That device is signed out.")
    elsewhere.goto("/accounts/settings/")
    expect(elsewhere.get_by_role("heading", level=1)).to_have_text("Sign in")


@scripted
def test_an_authenticator_app_and_its_recovery_codes(
    visitor: Visitor, name: str, script: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = visitor.open("/", script=script)
    join(page, name)
    page.goto("/accounts/2fa/totp/activate/")
    confirm_password(page)
    assert page.locator(".qr").evaluate("picture => picture.naturalWidth") if script else True
    secret = page.locator(".key code").inner_text().replace(" ", "")
    used = code(secret)
    page.get_by_label("Code").fill(used)
    main(page, "Use this app")
    spare = page.locator(".codes code").first.inner_text()
    sign_out(page)
    sign_in(page, name)
    expect(page.get_by_role("heading", level=1)).to_have_text("One more step")
    page.get_by_label("Code").fill("000")
    main(page, "Sign in")
    expect(page.locator(".field-error")).to_contain_text("That did not work")
    page.get_by_label("Code").fill(used)
    main(page, "Sign in")
    expect(page.locator(".field-error")).to_contain_text("was used already")
    # The code after it, as if half a minute had gone by.
    following = int(time.time()) // 30 + 1
    monkeypatch.setattr(totp, "yield_hotp_counters_from_time", lambda: iter([following]))
    page.get_by_label("Code").fill(str(totp.format_hotp_value(totp.hotp_value(secret, following))))
    main(page, "Sign in")
    expect(page.locator(".menu-name")).to_have_text(name)
    sign_out(page)
    sign_in(page, name)
    page.get_by_label("Code").fill(spare)
    main(page, "Sign in")
    expect(page.locator(".menu-name")).to_have_text(name)


def code(secret: str) -> str:
    """As the app shows it; not one that runs out while it is typed."""
    if time.time() % 30 > 25:
        time.sleep(5.5)
    return str(totp.format_hotp_value(totp.hotp_value(secret, int(time.time()) // 30)))


def test_a_passkey_signs_in_alone(visitor: Visitor, name: str) -> None:
    visitor.address = visitor.address.replace("127.0.0.1", "localhost")
    page = visitor.open("/")
    device = page.context.new_cdp_session(page)
    device.send("WebAuthn.enable")
    abilities = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True}
    device.send(
        "WebAuthn.addVirtualAuthenticator",
        {"options": {**abilities, "isUserVerified": True, "automaticPresenceSimulation": True}},
    )
    join(page, name)
    page.goto("/accounts/2fa/webauthn/add/")
    confirm_password(page)
    page.get_by_label("What to call it").fill("Laptop")
    main(page, "Add it")
    expect(page.get_by_role("heading", level=1)).to_have_text("Recovery codes")
    sign_out(page)
    back = "/about/"
    page.goto(f"/accounts/login/?next={back}")
    page.get_by_label("Stay signed in on this device").check()
    main(page, "Use a passkey")
    expect(page.locator(".menu-name")).to_have_text(name)
    assert page.url.endswith(back)
    assert next(cookie for cookie in page.context.cookies() if cookie.get("name") == "sessionid").get("expires", -1) > 0
    page.goto("/accounts/2fa/webauthn/")
    expect(page.locator(".listed")).to_contain_text("Laptop")
    page.get_by_role("link", name="Rename").click()
    confirm_password(page)
    page.get_by_label("What to call it").fill("Old laptop")
    main(page, "Save the name")
    expect(page.locator(".listed")).to_contain_text("Old laptop")
    sign_out(page)
    sign_in(page, name)
    expect(page.get_by_role("heading", level=1)).to_have_text("One more step")
    main(page, "Use a passkey")
    expect(page.locator(".menu-name")).to_have_text(name)


def test_a_passkey_that_is_not_given_is_said(visitor: Visitor) -> None:
    visitor.address = visitor.address.replace("127.0.0.1", "localhost")
    page = visitor.open("/")
    device = page.context.new_cdp_session(page)
    device.send("WebAuthn.enable")
    abilities = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True}
    device.send("WebAuthn.addVirtualAuthenticator", {"options": {**abilities, "isUserVerified": False}})
    page.goto("/accounts/login/")
    main(page, "Use a passkey")
    expect(page.get_by_role("alert")).to_contain_text("The passkey was not used.")


def test_passkeys_say_what_they_need(visitor: Visitor) -> None:
    page = visitor.open("/accounts/login/", script=False)
    assert "A passkey needs JavaScript." in page.content()
    expect(page.get_by_role("button", name="Use a passkey")).to_be_disabled()
    page = visitor.open("/accounts/login/?next=/about/")
    expect(page.get_by_role("button", name="Use a passkey")).to_be_disabled()
    page.locator("#passkey-nameless").get_by_role("link", name="localhost").click()
    assert page.url == visitor.address.replace("127.0.0.1", "localhost") + "/accounts/login/?next=/about/"
    expect(page.get_by_role("button", name="Use a passkey")).to_be_enabled()
    expect(page.locator("#passkey-nameless, #passkey-unknown:visible")).to_have_count(0)


@scripted
def test_settings_are_kept(visitor: Visitor, name: str, script: bool) -> None:
    page = visitor.open("/", script=script)
    join(page, name)
    page.goto("/accounts/settings/")
    page.get_by_label("Shown name").fill("Inés")
    page.get_by_label("A few words").fill("Films, mostly.")
    page.get_by_label("Dark", exact=True).check()
    page.get_by_label("Always open").check()
    main(page, "Save settings")
    expect(page.get_by_role("status").get_by_text("Your settings are saved.")).to_be_visible()
    expect(page.locator(".menu-name")).to_have_text("Inés")
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    expect(page.get_by_label("Always open")).to_be_checked()


def test_the_pages_of_an_account_are_sound(visitor: Visitor, name: str) -> None:
    page = visitor.open("/")
    join(page, name)
    page.goto("/accounts/2fa/totp/activate/")
    sound(page, "asked again")
    confirm_password(page)
    sound(page, "authenticator app")
    page.get_by_label("Code").fill(code(page.locator(".key code").inner_text().replace(" ", "")))
    main(page, "Use this app")
    sound(page, "recovery codes")
    paths = ("settings/", "email/", "password/change/", "sessions/", "2fa/", "2fa/webauthn/", "2fa/webauthn/add/")
    for path in (*paths, "2fa/totp/deactivate/", "2fa/recovery-codes/generate/", "2fa/reauthenticate/"):
        page.goto(f"/accounts/{path}")
        sound(page, path)
    page.goto("/accounts/settings/")
    page.get_by_label("Shown name").fill("Admin")
    main(page, "Save settings")
    sound(page, "refused settings")
    sign_out(page)
    sign_in(page, name)
    sound(page, "one more step")
