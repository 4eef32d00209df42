"""STA2: payment orders are what the official schema and the Swiss Payment Standards ask for."""

from collections.abc import Sequence
from datetime import UTC, datetime
from importlib.resources import files

import pytest
import xmlschema

from resolvers.payouts import Payout, PayoutOrder
from rules.money import Currency
from rules.qr_bill import Party
from rules.states import WithdrawalTarget
from server.payouts.pain001 import NAMESPACE, write_pain001
from server.settings import Settings

SCHEMA = xmlschema.XMLSchema((files("sepaxml") / "schemas" / "pain.001.001.09.xsd").read_text("utf-8"))
NAMES = {"p": NAMESPACE}
PAYEE = Party("Ada Meier", "Rue du Lac 1", "1003", "Lausanne", "CH")


def payout(
    address: str, amount_minor: int = 20_050, *, payee: Party = PAYEE, bic: str | None = None, number: int = 1
) -> Payout:
    return Payout(f"W{number:026}", amount_minor, address, bic, payee)


def written(currency: Currency, payouts: Sequence[Payout]) -> str:
    moment = datetime(2026, 3, 2, 23, 30, tzinfo=UTC)
    order = PayoutOrder("P" + "A" * 26, WithdrawalTarget.IBAN, currency, payouts, moment)
    return write_pain001(order, Settings().debtor)


def every(text: str, path: str) -> list[str]:
    return [element.text or "" for element in xmlschema.XMLResource(text).root.iterfind(f".//{path}", NAMES)]


def test_francs_carry_no_service_level() -> None:
    text = written(Currency.CHF, [payout("CH9300762011623852957"), payout("LI21088100002324013AA", 1, number=2)])

    SCHEMA.validate(text)
    assert every(text, "p:SvcLvl/p:Cd") == every(text, "p:ChrgBr") == []
    assert every(text, "p:InstdAmt") == ["200.50", "0.01"]
    assert every(text, "p:GrpHdr/p:CtrlSum") == ["200.51"]
    assert every(text, "p:DbtrAcct/p:Id/p:IBAN") == ["CH2708999000000000001"]
    assert every(text, "p:ReqdExctnDt/p:Dt") == ["2026-03-03"], "the bank's day, not that of UTC"


def test_euros_within_sepa_carry_its_service_level_and_the_others_do_not() -> None:
    abroad = payout("AE070331234567890123456", number=3, bic="EBILAEADXXX")
    text = written(Currency.EUR, [payout("DE89370400440532013000"), abroad, payout("CH9300762011623852957", number=2)])

    SCHEMA.validate(text)
    assert every(text, "p:NbOfTxs") == ["3", "1", "2"]
    assert every(text, "p:SvcLvl/p:Cd") == ["SEPA"]
    assert every(text, "p:ChrgBr") == ["SLEV"]
    assert every(text, "p:CdtrAgt/p:FinInstnId/p:BICFI") == ["EBILAEADXXX"]
    assert every(text, "p:DbtrAcct/p:Id/p:IBAN") == ["CH9708999000000000002"] * 2


@pytest.mark.parametrize(
    "name", ["O'Brien & <Söhne>", "x" * 200, "漢字株式会社", "\N{SNOWMAN}", "Ţăndărică Șerban", "a\u0000b"]
)
def test_whatever_people_are_called_the_order_stays_one_that_banks_take(name: str) -> None:
    payee = Party(name, "", "75001", name, "FR")

    text = written(Currency.EUR, [payout("DE89370400440532013000", payee=payee)])

    SCHEMA.validate(text)
    (shown,) = every(text, "p:Cdtr/p:Nm")
    assert 1 <= len(shown) <= 70


def test_each_payment_is_booked_and_named_on_its_own() -> None:
    text = written(Currency.CHF, [payout("CH9300762011623852957", number=number) for number in range(1, 101)])

    SCHEMA.validate(text)
    names = every(text, "p:EndToEndId")
    assert len(set(names)) == 100
    assert max(len(name) for name in names) <= 30, "PayPal takes no longer ones, banks 35"
    assert every(text, "p:BtchBookg") == ["false"]
