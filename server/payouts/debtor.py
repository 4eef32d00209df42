"""From which accounts withdrawals are paid, and whose statements are read."""

from collections.abc import Mapping
from dataclasses import dataclass

from pydantic import Field

from rules.money import Currency
from rules.qr_bill import Party
from server.documents.creditor import SAMPLE_BIC, SAMPLE_IBANS, Bic, CreditorSettings, OrdinaryIban


@dataclass(frozen=True)
class Debtor:
    """The provider as its payment orders name it: the address, its accounts by currency, and their bank."""

    party: Party
    ibans: Mapping[Currency, str]
    bic: str
    own_ibans: frozenset[str]


class PayoutSettings(CreditorSettings):
    """The part of the settings that says from where withdrawals are paid; it goes on where the creditor's part ends."""

    payout_iban_chf: OrdinaryIban = Field(
        default=SAMPLE_IBANS[Currency.CHF], description="IBAN that withdrawals in francs are paid from, not the QR-IBAN"
    )
    payout_iban_eur: OrdinaryIban = Field(
        default=SAMPLE_IBANS[Currency.EUR], description="IBAN that withdrawals in euros are paid from, not the QR-IBAN"
    )
    payout_bic: Bic = Field(default=SAMPLE_BIC, description="BIC of the bank of both")

    @property
    def debtor(self) -> Debtor:
        """From where withdrawals are paid, and the accounts whose statements are ours."""
        ibans = {Currency.CHF: self.payout_iban_chf, Currency.EUR: self.payout_iban_eur}
        creditor = self.creditor
        own = frozenset({*ibans.values(), *creditor.qr_ibans.values(), *creditor.ibans.values()})
        return Debtor(party=creditor.party, ibans=ibans, bic=self.payout_bic, own_ibans=own)
