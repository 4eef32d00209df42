"""Who issues the invoices, and to which accounts they are paid."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated

from pydantic import AfterValidator, Field
from pydantic_settings import BaseSettings
from schwifty import BIC, IBAN
from schwifty.exceptions import SchwiftyException

from rules.money import Currency
from rules.qr_bill import Party, is_qr_iban

# Invented, with right check digits: money that is paid to them reaches nobody, and nobody can pay from them.
SAMPLE_QR_IBANS = {Currency.CHF: "CH1831999000000000001", Currency.EUR: "CH8831999000000000002"}
SAMPLE_IBANS = {Currency.CHF: "CH2708999000000000001", Currency.EUR: "CH9708999000000000002"}
SAMPLE_BIC = "SAMPCHZZXXX"


def _read_iban(value: str) -> str:
    try:
        return str(IBAN(value).compact)
    except SchwiftyException:
        raise ValueError("must be an IBAN") from None


def _read_ordinary_iban(value: str) -> str:
    compact = _read_iban(value)
    if is_qr_iban(compact):
        raise ValueError("must not be a QR-IBAN: one takes transfers with QR references, and nothing else")
    return compact


def _read_qr_iban(value: str) -> str:
    compact = _read_iban(value)
    if not is_qr_iban(compact):
        raise ValueError("must be a Swiss QR-IBAN: an IBAN whose bank is numbered from 30000 to 31999")
    return compact


def _read_bic(value: str) -> str:
    try:
        return str(BIC(value).compact)
    except SchwiftyException:
        raise ValueError("must be a BIC") from None


OrdinaryIban = Annotated[str, AfterValidator(_read_ordinary_iban)]
QrIban = Annotated[str, AfterValidator(_read_qr_iban)]
Bic = Annotated[str, AfterValidator(_read_bic)]


@dataclass(frozen=True)
class Creditor:
    """The provider as its invoices name it.

    By currency, the QR-IBANs take QR references alone, and the ordinary IBANs creditor references.
    """

    party: Party
    vat_number: str
    qr_ibans: Mapping[Currency, str]
    ibans: Mapping[Currency, str]
    bic: str


class CreditorSettings(BaseSettings):
    """The part of the settings that says who issues the invoices."""

    creditor_name: str = Field(default="Manager Hosting SA", max_length=70, description="who issues the invoices")
    creditor_street: str = Field(default="Chemin des Exemples 1", max_length=70, description="its street and number")
    creditor_postal_code: str = Field(default="1000", max_length=16, description="its postal code")
    creditor_city: str = Field(default="Lausanne", max_length=35, description="its city")
    creditor_country: str = Field(default="CH", pattern="^[A-Z]{2}$", description="its country, as a two-letter code")
    creditor_vat_number: str = Field(default="CHE-999.999.996", description="its VAT number, as invoices print it")
    qr_iban_chf: QrIban = Field(
        default=SAMPLE_QR_IBANS[Currency.CHF], description="QR-IBAN that invoices in francs are paid to"
    )
    qr_iban_eur: QrIban = Field(
        default=SAMPLE_QR_IBANS[Currency.EUR], description="QR-IBAN that invoices in euros are paid to"
    )
    creditor_iban_chf: OrdinaryIban = Field(
        default=SAMPLE_IBANS[Currency.CHF], description="IBAN that francs are paid to from abroad, not the QR-IBAN"
    )
    creditor_iban_eur: OrdinaryIban = Field(
        default=SAMPLE_IBANS[Currency.EUR], description="IBAN that euros are paid to from abroad, not the QR-IBAN"
    )
    creditor_bic: Bic = Field(default=SAMPLE_BIC, description="BIC of the bank of both")

    @property
    def creditor(self) -> Creditor:
        """Who issues the invoices."""
        party = Party(
            name=self.creditor_name,
            street=self.creditor_street,
            postal_code=self.creditor_postal_code,
            city=self.creditor_city,
            country=self.creditor_country,
        )
        return Creditor(
            party=party,
            vat_number=self.creditor_vat_number,
            qr_ibans={Currency.CHF: self.qr_iban_chf, Currency.EUR: self.qr_iban_eur},
            ibans={Currency.CHF: self.creditor_iban_chf, Currency.EUR: self.creditor_iban_eur},
            bic=self.creditor_bic,
        )
