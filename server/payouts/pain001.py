"""Payment orders for the bank: ISO 20022 pain.001.001.09 as the Swiss Payment Standards want it (STA2).

Euros to accounts of the SEPA zone carry its service level, francs never do. Payments of one kind stand together; each
is booked on its own, so that statements name it by its own reference. Names are cut to the letters that banks take.
"""

from collections.abc import Iterable, Sequence
from itertools import groupby
from xml.etree.ElementTree import Element, SubElement, indent, tostring
from zoneinfo import ZoneInfo

from schwifty import IBAN

from resolvers.payouts import Payout, PayoutOrder
from rules.money import Currency, decimal_amount
from rules.qr_bill import CITY_LENGTH, NAME_LENGTH, POSTAL_CODE_LENGTH, STREET_LENGTH, Party, fitting
from server.payouts.debtor import Debtor

NAMESPACE = "urn:iso:std:iso:20022:tech:xsd:pain.001.001.09"
DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>'
BANKING_ZONE = ZoneInfo("Europe/Zurich")


def write_pain001(order: PayoutOrder, debtor: Debtor) -> str:
    """The file of an order whose payments all go to bank accounts."""
    document = Element("Document", xmlns=NAMESPACE)
    initiation = SubElement(document, "CstmrCdtTrfInitn")
    _write_header(SubElement(initiation, "GrpHdr"), order, debtor)
    for number, (in_sepa, payouts) in enumerate(_by_kind(order), 1):
        group = SubElement(initiation, "PmtInf")
        _write_group(group, order, debtor, f"{order.reference}-{number}", payouts, in_sepa=in_sepa)
    indent(document)
    return f"{DECLARATION}\n{tostring(document, encoding='unicode')}\n"


def _by_kind(order: PayoutOrder) -> Iterable[tuple[bool, Sequence[Payout]]]:
    """The payments apart: those that SEPA carries, and the others."""

    def in_sepa(payout: Payout) -> bool:
        return order.currency is Currency.EUR and IBAN(payout.address).in_sepa_zone

    for kind, payouts in groupby(sorted(order.payouts, key=in_sepa), key=in_sepa):
        yield kind, list(payouts)


def _write_header(header: Element, order: PayoutOrder, debtor: Debtor) -> None:
    _say(header, "MsgId", order.reference)
    _say(header, "CreDtTm", order.created_at.isoformat(timespec="seconds"))
    _say(header, "NbOfTxs", str(len(order.payouts)))
    _say(header, "CtrlSum", _sum_of(order.payouts))
    _say(SubElement(header, "InitgPty"), "Nm", fitting(debtor.party.name, NAME_LENGTH))


def _write_group(
    group: Element, order: PayoutOrder, debtor: Debtor, reference: str, payouts: Sequence[Payout], *, in_sepa: bool
) -> None:
    _say(group, "PmtInfId", reference)
    _say(group, "PmtMtd", "TRF")
    _say(group, "BtchBookg", "false")
    _say(group, "NbOfTxs", str(len(payouts)))
    _say(group, "CtrlSum", _sum_of(payouts))
    if in_sepa:
        _say(SubElement(SubElement(group, "PmtTpInf"), "SvcLvl"), "Cd", "SEPA")
    _say(SubElement(group, "ReqdExctnDt"), "Dt", order.created_at.astimezone(BANKING_ZONE).date().isoformat())
    _write_party(SubElement(group, "Dbtr"), debtor.party)
    _write_account(SubElement(group, "DbtrAcct"), debtor.ibans[order.currency])
    _write_bank(SubElement(group, "DbtrAgt"), debtor.bic)
    if in_sepa:
        _say(group, "ChrgBr", "SLEV")
    for payout in payouts:
        _write_payment(SubElement(group, "CdtTrfTxInf"), order.currency, payout)


def _write_payment(payment: Element, currency: Currency, payout: Payout) -> None:
    names = SubElement(payment, "PmtId")
    _say(names, "InstrId", payout.reference)
    _say(names, "EndToEndId", payout.reference)
    amount = _say(SubElement(payment, "Amt"), "InstdAmt", decimal_amount(payout.amount_minor))
    amount.set("Ccy", currency)
    if payout.bic is not None:
        _write_bank(SubElement(payment, "CdtrAgt"), payout.bic)
    _write_party(SubElement(payment, "Cdtr"), payout.payee)
    _write_account(SubElement(payment, "CdtrAcct"), payout.address)


def _write_party(party: Element, described: Party) -> None:
    """A name with its address in parts; a part that is left with nothing is not written."""
    _say(party, "Nm", fitting(described.name, NAME_LENGTH) or ".")
    address = SubElement(party, "PstlAdr")
    for tag, text, length in (
        ("StrtNm", described.street, STREET_LENGTH),
        ("PstCd", described.postal_code, POSTAL_CODE_LENGTH),
        ("TwnNm", described.city, CITY_LENGTH),
        ("Ctry", described.country, 2),
    ):
        if cut := fitting(text, length):
            _say(address, tag, cut)


def _write_account(account: Element, iban: str) -> None:
    _say(SubElement(account, "Id"), "IBAN", iban)


def _write_bank(agent: Element, bic: str) -> None:
    _say(SubElement(agent, "FinInstnId"), "BICFI", bic)


def _sum_of(payouts: Sequence[Payout]) -> str:
    return decimal_amount(sum(each.amount_minor for each in payouts))


def _say(parent: Element, tag: str, text: str) -> Element:
    element = SubElement(parent, tag)
    element.text = text
    return element
