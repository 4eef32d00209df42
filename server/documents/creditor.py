"""Who issues the invoices, and to which accounts they are paid."""

from collections.abc import Mapping
from dataclasses import dataclass

from pydantic import Field, field_validator
from pydantic_settings import BaseSettings
from stdnum import iban

from rules.money import Currency
from rules.qr_bill import Party, is_qr_iban

# Invented, with right check digits: money that is paid to them reaches nobody.
SAMPLE_QR_IBANS = {Currency.CHF: "CH1831999000000000001", Currency.EUR: "CH8831999000000000002"}


@dataclass(frozen=True)
class Creditor:
    """The provider as its invoices name it."""

    party: Party
    vat_number: str
    qr_ibans: Mapping[Currency, str]


class CreditorSettings(BaseSettings):
    """The part of the settings that says who issues the invoices."""

    creditor_name: str = Field(default="Manager Hosting SA", max_length=70, description="who issues the invoices")
    creditor_street: str = Field(default="Chemin des Exemples 1", max_length=70, description="its street and number")
    creditor_postal_code: str = Field(default="1000", max_length=16, description="its postal code")
    creditor_city: str = Field(default="Lausanne", max_length=35, description="its city")
    creditor_country: str = Field(default="CH", pattern="^[A-Z]{2}$", description="its country, as a two-letter code")
    creditor_vat_number: str = Field(default="CHE-999.999.996", description="its VAT number, as invoices print it")
    qr_iban_chf: str = Field(
        default=SAMPLE_QR_IBANS[Currency.CHF], description="QR-IBAN that invoices in francs are paid to"
    )
    qr_iban_eur: str = Field(
        default=SAMPLE_QR_IBANS[Currency.EUR], description="QR-IBAN that invoices in euros are paid to"
    )

    @field_validator("qr_iban_chf", "qr_iban_eur")
    @classmethod
    def _is_qr_iban(cls, value: str) -> str:
        compact = str(iban.compact(value))
        if not iban.is_valid(compact) or not is_qr_iban(compact):
            raise ValueError("must be a Swiss QR-IBAN: an IBAN whose bank is numbered from 30000 to 31999")
        return compact

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
        accounts = {Currency.CHF: self.qr_iban_chf, Currency.EUR: self.qr_iban_eur}
        return Creditor(party=party, vat_number=self.creditor_vat_number, qr_ibans=accounts)
