"""A crowd of clients that use one wallet at once over real connections, and remember all that they were answered."""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from random import Random
from typing import Any

import httpx

from models import PaymentMethod
from models.fields import new_id
from rules.identifiers import Prefix, public_id
from rules.states import PaymentMethodKind, PaymentMethodState
from server.clock import SystemClock
from server.payments.sandbox import NAME as SANDBOX
from tests.books import Books
from tests.money.playing import SELECTIONS
from tests.withdrawals import ACCOUNT
from tests.world import Answer, Client, World, id_of

START_MINOR, CREDIT_MINOR = 40_000, 3_000
# How a stored method behaves in the sandbox; most of them pay.
BEHAVIOURS = ("succeed", "succeed", "succeed", "decline", "succeed_unheard", "decline_unheard")
REPEATED, CONFLICTING = 0.3, 0.3


@dataclass(frozen=True)
class Call:
    """One mutation under a key; a conflicting call has the same key and other values."""

    mutation: str
    key: str
    values: dict[str, Any]


@dataclass(frozen=True)
class Due:
    """Something to be paid, by its public id, and what it comes to."""

    key: str
    amount_minor: int


@dataclass
class Crowd:
    """Clients of one organization. While `is_served` is not set they wait, and what broke off they say again."""

    books: Books
    wallet: str
    invoices: list[Due]
    charges: list[Due]
    methods: list[str]
    secrets: list[str]
    chance: Random
    may_break: bool = False
    addresses: list[str] = field(default_factory=list)
    is_served: asyncio.Event = field(default_factory=asyncio.Event)
    calls: list[Call] = field(default_factory=list)
    said: list[tuple[Call, Answer]] = field(default_factory=list)
    broken: list[Call] = field(default_factory=list)
    is_over: bool = False
    unheard: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(0))

    @classmethod
    async def gather(cls, world: World, chance: Random, clients: int, *, may_break: bool = False) -> "Crowd":
        """An organization with money, credit, invoices, charges and stored methods, and a session for each client."""
        world.clock.present = SystemClock().now()
        books = await Books.open(world)
        wallet = await books.top_up(START_MINOR)
        await books.give_credit(CREDIT_MINOR)
        invoices = [await books.owe(chance.randint(10, 3_000)) for _ in range(3 * clients)]
        charges = [await books.charge(1_000 * chance.randint(1, 3)) for _ in range(2 * clients)]
        return cls(
            books,
            public_id(Prefix.WALLET, wallet.id),
            [Due(public_id(Prefix.INVOICE, each.id), each.total_minor) for each in invoices],
            [Due(public_id(Prefix.DUE_ITEM, each.id), each.net_minor * 1_081 // 1_000) for each in charges],
            [await _store(books, behaviour) for behaviour in BEHAVIOURS],
            [str((await world.sign_in(books.user)).secret) for _ in range(clients)],
            chance,
            may_break,
        )

    def serve(self, *addresses: str) -> None:
        """Tell everybody where they are served from now on; nowhere, without addresses."""
        self.addresses = list(addresses)
        if addresses:
            self.is_served.set()
        else:
            self.is_served.clear()

    async def act(self, calls: int) -> None:
        """Have every client make so many calls, one after the other."""
        await asyncio.gather(*(self._act_as(secret, range(calls)) for secret in self.secrets))

    async def act_until_told(self) -> None:
        """Have every client make calls, one after the other, until `is_over`."""
        going_on = iter(lambda: self.is_over, True)
        await asyncio.gather(*(self._act_as(secret, going_on) for secret in self.secrets))

    async def hear(self, answers: int) -> None:
        """Wait until so many more answers have been given."""
        self.unheard = asyncio.Semaphore(0)
        for _ in range(answers):
            await self.unheard.acquire()

    async def _act_as(self, secret: str, turns: Iterable[object]) -> None:
        async with httpx.AsyncClient(timeout=60) as http:
            for _ in turns:
                await self._say(Client(http, secret), self._next_call())

    def _next_call(self) -> Call:
        if self.calls and self.chance.random() < REPEATED:
            call = self.chance.choice(self.calls)
            if self.chance.random() < CONFLICTING:
                call = replace(call, values=self._other_values(call.mutation))
        else:
            mutation = self.chance.choice(MUTATIONS)
            call = Call(mutation, f"key {len(self.calls)}", self._other_values(mutation))
        self.calls.append(call)
        return call

    async def _say(self, client: Client, call: Call) -> None:
        """Say it until there is an answer; where servers are killed, what broke off is said again under its key."""
        while True:
            await self.is_served.wait()
            client.http.base_url = httpx.URL(self.chance.choice(self.addresses))
            try:
                answer = await client.do(
                    call.mutation, SELECTIONS[call.mutation], idempotencyKey=call.key, **call.values
                )
            except httpx.TransportError:
                if not self.may_break:
                    raise
                self.broken.append(call)
                await asyncio.sleep(0.05)
                continue
            self.said.append((call, answer))
            self.unheard.release()
            if answer.codes != ["IDEMPOTENCY_IN_PROGRESS"]:
                return

    def _other_values(self, mutation: str) -> dict[str, Any]:
        values: dict[str, Any] = VALUES[mutation](self)
        return values

    def top_up_values(self) -> dict[str, Any]:
        amount_minor = 100 * self.chance.randint(5, 40)
        return {"walletId": self.wallet, "amountMinor": str(amount_minor), "payWith": self._method()}

    def pay_values(self) -> dict[str, Any]:
        chosen = self.chance.sample(self.invoices, self.chance.randint(1, 2))
        return {"organizationId": self._organization, "invoiceIds": [each.key for each in chosen]} | self._pay(chosen)

    def pay_due_values(self) -> dict[str, Any]:
        chosen = self.chance.sample(self.charges, self.chance.randint(1, 2))
        return {"organizationId": self._organization, "dueItemIds": [each.key for each in chosen]} | self._pay(chosen)

    def withdraw_values(self) -> dict[str, Any]:
        amount_minor = self.chance.randint(1, 2_000)
        return {"walletId": self.wallet, "amountMinor": str(amount_minor), "iban": ACCOUNT}

    def cancel_values(self) -> dict[str, Any]:
        """Cancel a withdrawal that somebody was told of; as long as there is none, one that nobody has."""
        answers = [answer.body["data"] for call, answer in self.said if call.mutation == "requestWithdrawal"]
        shown = [each["requestWithdrawal"] for each in answers if each and each["requestWithdrawal"]]
        known = [each["withdrawal"]["id"] for each in shown if "withdrawal" in each]
        return {"withdrawalId": self.chance.choice(known or [public_id(Prefix.WITHDRAWAL, new_id())])}

    def _pay(self, chosen: list[Due]) -> dict[str, Any]:
        """From the wallet, or split between it and a stored method, whose part is a round amount."""
        total_minor = sum(each.amount_minor for each in chosen)
        outside_minor = total_minor // 200 * 100
        expected = {"expectedAmountMinor": str(total_minor)}
        if not outside_minor or self.chance.random() < 0.5:
            return expected
        return expected | {"payWith": self._method() | {"walletAmountMinor": str(total_minor - outside_minor)}}

    def _method(self) -> dict[str, Any]:
        return {"paymentMethodId": self.chance.choice(self.methods)}

    @property
    def _organization(self) -> str:
        return id_of(self.books.organization)


VALUES = {
    "topUpWallet": Crowd.top_up_values,
    "payInvoices": Crowd.pay_values,
    "payDueItems": Crowd.pay_due_values,
    "requestWithdrawal": Crowd.withdraw_values,
    "cancelWithdrawal": Crowd.cancel_values,
}
MUTATIONS = tuple(VALUES)


async def _store(books: Books, behaviour: str) -> str:
    """A stored card that the sandbox plays in a certain way; answers its public id."""
    key = new_id()
    await PaymentMethod.create(
        id=key,
        organization_id=books.organization.id,
        kind=PaymentMethodKind.CARD,
        state=PaymentMethodState.ACTIVE,
        provider=SANDBOX,
        setup_reference=f"setup {key}",
        provider_reference=f"{behaviour}/{key}",
        label="Card",
        is_default=False,
        created_at=books.world.clock.now(),
    )
    return public_id(Prefix.PAYMENT_METHOD, key)
