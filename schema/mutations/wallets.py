"""Writing wallets: when they are low."""

import strawberry

from execution.scalars import BigInt
from permissions.guards import MayManageWallet
from resolvers import wallets
from rules import refusals
from rules.identifiers import Prefix
from schema.context import Info
from schema.expose import mutation
from schema.ids import key, reference
from schema.types import links
from schema.types.wallet import Wallet


@strawberry.input(description="When a wallet is low.")
class SetLowBalanceAlertInput:
    """One wallet."""

    wallet_id: strawberry.ID = reference(Prefix.WALLET, "Wallet to watch.")
    amount_minor: BigInt | None = strawberry.field(
        description="Available amount, in minor units, below which those who pay are told; null to tell nobody.",
    )


@strawberry.type(description="It is noted when the wallet is low.")
class SetLowBalanceAlertSuccess:
    """Carries the wallet."""

    wallet: links.Wallet = strawberry.field(description="Wallet that is watched.")


@mutation(who=MayManageWallet(), refuses=(refusals.AmountOutOfRange,))
async def set_low_balance_alert(info: Info, input: SetLowBalanceAlertInput) -> SetLowBalanceAlertSuccess:
    """Say when a wallet is low.

    As soon as less than that is available, the members with the billing right who want to be reminded get the mail
    LOW_BALANCE, once until it is above it again; that is the event WALLET_LOW. Causes the event LOW_BALANCE_ALERT_SET.
    """
    wallet = await wallets.set_low_balance_alert(
        info.context.caller, wallet_id=key(input.wallet_id), amount_minor=input.amount_minor
    )
    return SetLowBalanceAlertSuccess(wallet=Wallet.of(wallet))
