"""From which accounts withdrawals are paid, and whose statements are read."""

from collections.abc import Mapping
from dataclasses import dataclass

from pydantic import Field, field_validator
from schwifty import BIC, IBAN
from schwifty.exceptions import SchwiftyException

from rules.money import Currency
from rules.qr_bill import Party, is_qr_iban
from server.documents.creditor import CreditorSettings

# Invented, with right check digits: nobody can pay from them.
SAMPLE_IBANS = {Currency.CHF: "CH2708999000000000001", Currency.EUR: "CH9708999000000000002"}
SAMPLE_BIC = "SAMPCHZZXXX"


@dataclass(frozen=True)
class Debtor:
    """The provider as its payment orders name it: the address, its accounts by currency, and their bank."""

    party: Party
    ibans: Mapping[Currency, str]
    bic: str
    own_ibans: frozenset[str]


class PayoutSettings(CreditorSettings):
    """The part of the settings that says from where withdrawals are paid; it goes on where the creditor's part ends."""

    payout_iban_chf: str = Field(
        default=SAMPLE_IBANS[Currency.CHF], description="IBAN that withdrawals in francs are paid from, not the QR-IBAN"
    )
    payout_iban_eur: str = Field(
        default=SAMPLE_IBANS[Currency.EUR], description="IBAN that withdrawals in euros are paid from, not the QR-IBAN"
    )
    payout_bic: str = Field(default=SAMPLE_BIC, description="BIC of the bank of both")

    @field_validator("payout_iban_chf", "payout_iban_eur")
    @classmethod
    def _is_iban(cls, value: str) -> str:
        try:
            compact = str(IBAN(value).compact)
        except SchwiftyException:
            raise ValueError("must be an IBAN") from None
        if is_qr_iban(compact):
            raise ValueError("must not be a QR-IBAN: nothing is paid from one")
        return compact

    @field_validator("payout_bic")
    @classmethod
    def _is_bic(cls, value: str) -> str:
        try:
            return str(BIC(value).compact)
        except SchwiftyException:
            raise ValueError("must be a BIC") from None

    @property
    def debtor(self) -> Debtor:
        """From where withdrawals are paid, and the accounts whose statements are ours."""
        ibans = {Currency.CHF: self.payout_iban_chf, Currency.EUR: self.payout_iban_eur}
        own = frozenset({*ibans.values(), *self.creditor.qr_ibans.values()})
        return Debtor(party=self.creditor.party, ibans=ibans, bic=self.payout_bic, own_ibans=own)
