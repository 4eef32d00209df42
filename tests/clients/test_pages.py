"""The links of real mails, opened in a real browser: every kind of page does what its button says (MSG3)."""

import asyncio
import json
import os
from collections.abc import Iterator
from typing import Any

import pytest

from server.app import create_app
from server.databases import migrate
from server.settings import Settings
from tests.clients.conftest import RunsNode
from tests.clients.serving import served

pytestmark = pytest.mark.clients


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory, node: RunsNode, chromium: str) -> Iterator[dict[str, Any]]:
    """What the browser saw; its pictures land in the folder that SCREENSHOTS names."""
    folder = tmp_path_factory.mktemp("pages")
    settings = Settings(
        DATABASE_URL=f"sqlite:///{folder / 'manager.sqlite3'}",
        mail_folder=folder / "mails",
        worker_inside=True,
        password_hash_memory_kibibytes=8,
        password_hash_iterations=1,
    )
    asyncio.run(migrate(settings.database_url))
    with served(create_app(settings)) as address:
        pictures = [os.environ["SCREENSHOTS"]] if "SCREENSHOTS" in os.environ else []
        yield json.loads(node("pages/pages.mjs", address, chromium, str(folder / "mails"), *pictures))


def test_the_pages_cause_no_trouble_and_ask_nobody_else(seen: dict[str, Any]) -> None:
    assert seen["foreign"] == []
    assert seen["troubles"] == []


def test_no_secret_is_ever_part_of_an_address(seen: dict[str, Any]) -> None:
    """MSG3"""
    paths = {"/graphql", "/assets/pages/page.css", "/assets/pages/page.js"}
    assert {address for address in seen["addresses"] if not address.startswith(("/links/", ","))} == paths
    assert all(address.count("/") == 2 and "?" not in address for address in seen["addresses"] if "/links" in address)


def test_a_sign_up_is_confirmed_by_a_button_and_not_by_fetching_the_link(seen: dict[str, Any]) -> None:
    """MSG3, ORG1"""
    assert seen["signUp"] == "Your account is there, and you are logged in. You can close this page."
    assert seen["signedIn"] == "anna@example.com"
    assert seen["addressAfterwards"] == "/links/sign-up"
    assert seen["usedLink"] == "This link does not work any more. Ask for a new one."
    assert seen["incomplete"].startswith("This link is not complete.")


def test_a_login_change_asks_to_log_in_and_then_goes_on(seen: dict[str, Any]) -> None:
    """USR3, MSG3"""
    assert seen["logInFirst"] == "Please log in first."
    assert seen["wrongPassword"] == "Login and password do not belong together."
    assert seen["loginChange"].startswith("Your login has changed.")
    assert seen["newLogin"] == "anna@example.org"


def test_a_recovery_address_is_confirmed(seen: dict[str, Any]) -> None:
    """USR4"""
    assert seen["recovery"].startswith("Your recovery address is confirmed.")


def test_a_forgotten_password_is_replaced_in_french(seen: dict[str, Any]) -> None:
    """USR10, USR11"""
    assert seen["forgotten"].startswith("S’il existe un compte avec cette adresse")
    assert seen["weak"] == "Ce mot de passe n’est pas assez sûr.\nIl est trop facile à deviner."
    assert seen["reset"].startswith("Votre mot de passe est enregistré.")
    assert seen["endedSession"] is None
    assert seen["logIn"] == "anna@example.org"


def test_an_invitation_is_read_accepted_with_a_new_account_and_declined(seen: dict[str, Any]) -> None:
    """MEM6, MSG3"""
    assert seen["invitation"][:6] == [
        *("Organization", "Blue Door Bakery"),
        *("Invited by", "Anna Keller"),
        *("Your role", "administrator"),
    ]
    assert seen["accepted"] == "Welcome! You are a member now. You can close this page."
    assert seen["newMember"] == "ben@example.com"
    assert seen["declined"].startswith("You have declined the invitation.")
    assert seen["overInvitation"].startswith("This invitation does not work any more.")


def test_an_invitation_to_another_address_asks_for_that_account(seen: dict[str, Any]) -> None:
    """MEM6"""
    assert seen["otherAddress"] == "This invitation was sent to another address than your login."
    assert seen["filledIn"] == "dora@example.com"
    assert seen["acceptedByAnother"] == "dora@example.com"
    assert seen["loggedOut"] is None
