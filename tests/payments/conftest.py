"""The card provider twice: a public imitation in a process of its own, and one of ours that makes trouble."""

import subprocess
import sys
from collections.abc import Iterator

import pytest

from server.payments.card_api import CardApi
from server.payments.cards import Cards
from tests.house.sources import ROOT
from tests.payments.played_cards import API_KEY, PlayedCards, serving
from tests.processes import free_port, wait_for

PUBLISHABLE_KEY = "pk_test_of_the_account"
PATIENT_SECONDS = 30.0  # nobody is to run out of it, however busy the machine is
HURRIED_SECONDS = 1.5


@pytest.fixture(scope="session")
def played_server() -> Iterator[PlayedCards]:
    with serving(PlayedCards()) as played:
        yield played


@pytest.fixture
def played(played_server: PlayedCards) -> PlayedCards:
    """A card provider that has not been asked anything yet."""
    played_server.__init__(address=played_server.address)  # type: ignore[misc] # the server keeps this object
    return played_server


@pytest.fixture
def cards(played: PlayedCards) -> Cards:
    return Cards(CardApi(API_KEY, played.address, PATIENT_SECONDS), PUBLISHABLE_KEY)


@pytest.fixture
def hurried_cards(played: PlayedCards) -> Cards:
    """Gives up on a provider that hangs while the test waits."""
    return Cards(CardApi(API_KEY, played.address, HURRIED_SECONDS), PUBLISHABLE_KEY)


@pytest.fixture(scope="session")
def local_cards_address() -> Iterator[str]:
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    process = subprocess.Popen([sys.executable, "-m", "tests.payments.local_cards", str(port)], cwd=ROOT)
    try:
        wait_for(address, process)
        yield address
    finally:
        process.terminate()
        process.wait()
