"""Links to documents: sealed, so that nobody can read or change what they lead to, and good for minutes."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from cryptography.fernet import InvalidToken

from resolvers.documents import Choice, Download
from rules.documents import DocumentKind
from rules.states import InvoiceState
from server.vault import FernetVault

PATH = "/download"
PARAMETER = "link"
LONGEST_SEALED = 2_000


@dataclass(frozen=True)
class DownloadLinks:
    """Makes links below the address of this server, and reads them again.

    A link alone opens nothing: the session that asked for it must still be there, and its user's right as well.
    """

    address: str
    vault: FernetVault

    @classmethod
    def of(cls, address: str, secret_key: str) -> "DownloadLinks":
        """Links that are sealed with a key of their own."""
        return cls(address, FernetVault(secret_key, "downloads"))

    def __call__(self, download: Download) -> str:
        """The address that a download can be fetched from."""
        choice = download.choice
        content = {
            "kind": download.kind,
            "subject": download.subject.hex,
            "session": download.session_id.hex,
            "expires_at": download.expires_at.isoformat(),
            "issued_from": choice.issued_from and choice.issued_from.isoformat(),
            "issued_before": choice.issued_before and choice.issued_before.isoformat(),
            "states": choice.states,
            "product": choice.product_id and choice.product_id.hex,
        }
        sealed = self.vault.seal(json.dumps(content, separators=(",", ":")))
        return f"{self.address}{PATH}?{urlencode({PARAMETER: sealed})}"

    def read(self, sealed: str, now: datetime) -> Download | None:
        """What a link leads to; None when it is not one of ours, was changed, or is too old."""
        try:
            content = json.loads(self.vault.open(sealed[:LONGEST_SEALED]))
        except InvalidToken:
            return None
        download = Download(
            kind=DocumentKind(content["kind"]),
            subject=UUID(content["subject"]),
            session_id=UUID(content["session"]),
            expires_at=datetime.fromisoformat(content["expires_at"]),
            choice=_read_choice(content),
        )
        return download if download.expires_at > now else None


def _read_choice(content: Mapping[str, Any]) -> Choice:
    return Choice(
        issued_from=content["issued_from"] and date.fromisoformat(content["issued_from"]),
        issued_before=content["issued_before"] and date.fromisoformat(content["issued_before"]),
        states=tuple(InvoiceState(state) for state in content["states"]),
        product_id=content["product"] and UUID(content["product"]),
    )
