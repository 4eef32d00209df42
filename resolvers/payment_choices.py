"""How a payer wants to pay, and whether that is possible here (INV6, INV8, WAL2)."""

from dataclasses import dataclass
from uuid import UUID

from models import PaymentMethod
from resolvers.caller import Caller
from rules.denials import NotFound
from rules.money import Currency
from rules.money_refusals import PaymentMethodNotAllowed
from rules.refusals import AmountOutOfRange, InvalidInput, Problem, ProblemCode
from rules.states import PaymentMethodKind, PaymentMethodState, PaymentPurpose

# What is confirmed on a page of the provider's unless it is stored, so that the payer must be sent back.
PAID_ON_A_PAGE = frozenset({PaymentMethodKind.POSTFINANCE, PaymentMethodKind.TWINT, PaymentMethodKind.PAYPAL})
LONGEST_ADDRESS = 2000


@dataclass(frozen=True)
class Choice:
    """What a payer asks for: a part of the wallet, and a stored method or a kind of method for the rest.

    Without any other way everything comes from the wallet; with one, nothing does unless `wallet_minor` says so.
    """

    wallet_minor: int | None = None
    method_id: UUID | None = None
    kind: PaymentMethodKind | None = None
    return_url: str | None = None


@dataclass(frozen=True)
class Way:
    """How something is paid: the wallet's part, the kind of method for the rest, and the stored one if there is one."""

    wallet_minor: int
    kind: PaymentMethodKind
    method_id: UUID | None = None


async def find_way(
    caller: Caller,
    choice: Choice,
    *,
    payer_id: UUID,
    purpose: PaymentPurpose,
    currency: Currency,
    amount_minor: int,
    path: tuple[str, ...] = ("pay_with",),
) -> Way:
    """How an amount is paid after a payer's choice, behind the payer's lock.

    Refuses with InvalidInput what contradicts itself, with NotFound a stored method that is not this payer's, with
    PaymentMethodNotAllowed what this cannot be paid by, and with AmountOutOfRange a part beyond the whole.
    """
    kind, method_id = await _kind_of(choice, payer_id, path)
    allowed = caller.payments.kinds_for(purpose, currency)
    if kind not in allowed:
        raise PaymentMethodNotAllowed(kind=kind, allowed=allowed, path=path)
    if kind is PaymentMethodKind.WALLET:
        if choice.wallet_minor not in (None, amount_minor):
            raise InvalidInput(problems=(Problem((*path, "payment_method_id"), ProblemCode.REQUIRED),))
        return Way(amount_minor, kind)
    wallet_minor = choice.wallet_minor or 0
    if not 0 <= wallet_minor < amount_minor or (wallet_minor and purpose is PaymentPurpose.TOP_UP):
        raise AmountOutOfRange(0, amount_minor - 1, currency, path=(*path, "wallet_amount_minor"))
    if kind in PAID_ON_A_PAGE and method_id is None and not choice.return_url:
        raise InvalidInput(problems=(Problem((*path, "return_url"), ProblemCode.REQUIRED),))
    check_return_url(caller, choice.return_url, path)
    return Way(wallet_minor, kind, method_id)


async def _kind_of(choice: Choice, payer_id: UUID, path: tuple[str, ...]) -> tuple[PaymentMethodKind, UUID | None]:
    if choice.method_id is None:
        return choice.kind or PaymentMethodKind.WALLET, None
    if choice.kind is not None:
        raise InvalidInput(problems=(Problem((*path, "method_kind"), ProblemCode.NOT_ALLOWED),))
    method = await PaymentMethod.filter(id=choice.method_id, organization_id=payer_id).first()
    if method is None or method.state is PaymentMethodState.REMOVED:
        raise NotFound
    if method.state is not PaymentMethodState.ACTIVE:
        raise InvalidInput(problems=(Problem((*path, "payment_method_id"), ProblemCode.NOT_ALLOWED),))
    return method.kind, method.id


def check_return_url(caller: Caller, return_url: str | None, path: tuple[str, ...]) -> None:
    """Refuse with InvalidInput to send a payer back to an address that is not on the list (INV8)."""
    if return_url is None:
        return
    if len(return_url) > LONGEST_ADDRESS or not caller.payments.may_return_to(return_url):
        raise InvalidInput(problems=(Problem((*path, "return_url"), ProblemCode.NOT_ALLOWED),))
