"""Files as the bank sends them: entries of statements (camt.053) and notifications (camt.054), in both versions."""

from dataclasses import dataclass, field

OWN_IBAN = "CH2708999000000000001"


@dataclass(frozen=True)
class Part:
    """One payment of an entry."""

    amount: str = ""
    end_to_end: str = ""
    reference: str = ""
    message: str = ""
    bank_reference: str = ""
    payer: str = "Grace Moser"
    returned: str = ""
    currency: str = "CHF"

    def xml(self, version: str) -> str:
        name = f"<Pty><Nm>{self.payer}</Nm></Pty>" if version == "08" else f"<Nm>{self.payer}</Nm>"
        structured = f"<Strd><CdtrRefInf><Ref>{self.reference}</Ref></CdtrRefInf></Strd>" if self.reference else ""
        message = f"<Ustrd>{self.message}</Ustrd>" if self.message else ""
        return (
            "<TxDtls><Refs>"
            + (f"<AcctSvcrRef>{self.bank_reference}</AcctSvcrRef>" if self.bank_reference else "")
            + (f"<EndToEndId>{self.end_to_end}</EndToEndId>" if self.end_to_end else "")
            + "</Refs>"
            + (f'<Amt Ccy="{self.currency}">{self.amount}</Amt>' if self.amount else "")
            + f"<RltdPties><Dbtr>{name}</Dbtr>"
            "<DbtrAcct><Id><IBAN>CH5604835012345678009</IBAN></Id></DbtrAcct></RltdPties>"
            f"<RmtInf>{message}{structured}</RmtInf>"
            + (f"<RtrInf><Rsn><Cd>{self.returned}</Cd></Rsn></RtrInf>" if self.returned else "")
            + "</TxDtls>"
        )


@dataclass(frozen=True)
class Entry:
    """One entry of an account; a credit unless told otherwise."""

    amount: str
    name: str = ""
    parts: tuple[Part, ...] = (Part(),)
    credit: bool = True
    reversal: bool = False
    status: str = "BOOK"
    currency: str = "CHF"
    batch: int = field(default=0)

    def xml(self, version: str) -> str:
        status = f"<Cd>{self.status}</Cd>" if version == "08" else self.status
        return (
            f'<Ntry><Amt Ccy="{self.currency}">{self.amount}</Amt>'
            f"<CdtDbtInd>{'CRDT' if self.credit else 'DBIT'}</CdtDbtInd>"
            + ("<RvslInd>true</RvslInd>" if self.reversal else "")
            + f"<Sts>{status}</Sts><BookgDt><Dt>2026-03-03</Dt></BookgDt>"
            + (f"<AcctSvcrRef>{self.name}</AcctSvcrRef>" if self.name else "")
            + "<NtryDtls>"
            + (f"<Btch><NbOfTxs>{self.batch}</NbOfTxs></Btch>" if self.batch else "")
            + "".join(part.xml(version) for part in self.parts)
            + "</NtryDtls></Ntry>"
        )


def statement(*entries: Entry, version: str = "08", iban: str = OWN_IBAN, number: str = "S1") -> bytes:
    """A camt.053 with one statement."""
    return _document("053", "BkToCstmrStmt", "Stmt", entries, version, iban, number)


def notification(*entries: Entry, version: str = "08", iban: str = OWN_IBAN, number: str = "N1") -> bytes:
    """A camt.054 with one notification."""
    return _document("054", "BkToCstmrDbtCdtNtfctn", "Ntfctn", entries, version, iban, number)


def _document(
    kind: str, whole: str, one: str, entries: tuple[Entry, ...], version: str, iban: str, number: str
) -> bytes:
    inside = "".join(entry.xml(version) for entry in entries)
    text = (
        f'<?xml version="1.0" encoding="UTF-8"?>'
        f'<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.{kind}.001.{version}"><{whole}>'
        f"<GrpHdr><MsgId>M</MsgId></GrpHdr><{one}><Id>{number}</Id><Acct><Id><IBAN>{iban}</IBAN></Id></Acct>"
        f"{inside}</{one}></{whole}></Document>"
    )
    return text.encode()
