"""Who is asking: the identity that a request was authenticated as."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from rules.locales import Locale
from rules.refusals import NamedOrganization
from rules.rights import Right, Role, rights_of


@dataclass(frozen=True)
class Viewer:
    """The user behind a request and the session it came through; both None for somebody who is not signed in."""

    user_id: UUID | None = None
    session_id: UUID | None = None
    locale: Locale = Locale.EN
    proved_at: datetime | None = None  # when the session last proved the password (USR13)
    is_staff: bool = False  # works for the provider, and this session proved a second factor (STA1, USR12)

    @property
    def is_signed_in(self) -> bool:
        """Whether the request comes from a user."""
        return self.user_id is not None

    def has_proved_recently(self, now: datetime, minutes: int) -> bool:
        """Whether the password was proved in this session within so many minutes (USR13)."""
        return self.proved_at is not None and self.proved_at > now - timedelta(minutes=minutes)


ANONYMOUS = Viewer()


@dataclass(frozen=True)
class Standing:
    """What a user is in one organization, and the sizes that decide what may be done there (MEM2, MEM3)."""

    organization: NamedOrganization
    membership_id: UUID
    role: Role
    billing: bool
    member_count: int
    legal_representative_count: int

    @property
    def rights(self) -> frozenset[Right]:
        """The rights over the whole organization."""
        return rights_of(self.role, billing=self.billing)

    @property
    def is_last_member(self) -> bool:
        """Whether nobody else belongs to the organization."""
        return self.member_count == 1

    @property
    def is_last_legal_representative(self) -> bool:
        """Whether the organization would lose its only legal representative with this member."""
        return self.role is Role.LEGAL_REPRESENTATIVE and self.legal_representative_count == 1
