"""Languages that people are written to in (USR11)."""

from enum import StrEnum


class Locale(StrEnum):
    """A language of mails and of the human text of refusals."""

    EN = "EN"
    FR = "FR"
    DE = "DE"
    IT = "IT"
    ES = "ES"
