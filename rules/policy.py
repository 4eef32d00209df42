"""The numbers of the rules that a provider may change, with the values that the rules name."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Policy:
    """Lifetimes and sizes; every field is a setting of the same name, in upper case."""

    sign_up_hours: int = 24  # ORG1
    login_change_hours: int = 24  # USR3
    recovery_email_hours: int = 24  # USR4
    password_reset_minutes: int = 60  # USR10
    invitation_days: int = 7  # MEM6
    reauthentication_minutes: int = 15  # USR13
    password_minimum: int = 12  # USR6
    password_maximum: int = 256  # USR6
    session_days: int = 30  # USR9: a session ends this long after log-in
    session_idle_days: int = 14  # USR9: and this long after its last use
    sign_in_attempts_per_account: int = 10  # from one network, within the throttle window
    sign_in_attempts_per_account_from_everywhere: int = 100  # beyond, only networks that the account knows are heard
    sign_in_attempts_per_address: int = 100  # of one network, whatever the account
    throttle_minutes: int = 15
    mails_per_address_and_hour: int = 5  # sign-up, reset and invitation links to one address
    invitations_per_user_and_hour: int = 100  # sent anew or again
    idempotency_days: int = 30
    memberships_maximum: int = 1000  # members and pending invitations of one organization
    organizations_maximum: int = 100  # organizations that one user may create in a day
    mail_retry_days: int = 3  # MSG2: a mail that nobody takes is given up after this long
    retention_days: int = 30  # sent mails, and links and sessions that are over, are deleted after this long
