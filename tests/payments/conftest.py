"""The card provider twice: a public imitation in a process of its own, and one of ours that makes trouble."""

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing

import httpx
import pytest

from server.payments.card_api import CardApi
from server.payments.cards import Cards
from tests.house.sources import ROOT
from tests.payments.played_cards import API_KEY, PlayedCards, serving

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
    with closing(socket.create_server(("127.0.0.1", 0))) as free:
        port = free.getsockname()[1]
    address = f"http://127.0.0.1:{port}"
    process = subprocess.Popen([sys.executable, "-m", "tests.payments.local_cards", str(port)], cwd=ROOT)
    try:
        _wait_for(address, process)
        yield address
    finally:
        process.terminate()
        process.wait()


def _wait_for(address: str, process: "subprocess.Popen[bytes]") -> None:
    for _ in range(200):
        assert process.poll() is None, "it does not start"
        try:
            httpx.get(address)
        except httpx.TransportError:
            time.sleep(0.05)
        else:
            return
    raise AssertionError("it does not answer")
