"""Documents that can be downloaded: what there is, and what their files are called (INV3, INV10)."""

from enum import StrEnum


class DocumentKind(StrEnum):
    """What a link to download leads to."""

    PRO_FORMA = "PRO_FORMA"
    INVOICE = "INVOICE"
    BILLING_EXPORT = "BILLING_EXPORT"


ENDINGS = {DocumentKind.PRO_FORMA: "-pro-forma.pdf", DocumentKind.INVOICE: ".pdf", DocumentKind.BILLING_EXPORT: ".csv"}


def file_name(kind: DocumentKind, subject: str) -> str:
    """The name of a file, made of the public id of what it is about and of nothing that people typed (O4)."""
    return f"{subject}{ENDINGS[kind]}"
