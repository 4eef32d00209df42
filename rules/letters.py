"""The kinds of mails, and what each one tells (MSG1). The words are the server's; here are the facts."""

from enum import StrEnum


class LetterKind(StrEnum):
    """Why a mail is sent. Behind each: the details that its text may use."""

    SIGN_UP = "SIGN_UP"  # secret, first_name, expires_at
    SIGN_UP_EXISTING = "SIGN_UP_EXISTING"  # nothing: the address has an account already
    LOGIN_CHANGE = "LOGIN_CHANGE"  # secret, first_name, old_login, new_login, expires_at; to the new address
    LOGIN_CHANGE_NOTICE = "LOGIN_CHANGE_NOTICE"  # first_name, new_login, expires_at; to the old address
    LOGIN_CHANGED = "LOGIN_CHANGED"  # first_name, old_login, new_login; to the old and the new address
    RECOVERY_EMAIL = "RECOVERY_EMAIL"  # secret, first_name, login, expires_at; to the recovery address
    RECOVERY_EMAIL_CHANGED = "RECOVERY_EMAIL_CHANGED"  # first_name, recovery_email (or null when removed)
    PASSWORD_RESET = "PASSWORD_RESET"  # secret, first_name, login, expires_at
    PASSWORD_CHANGED = "PASSWORD_CHANGED"  # first_name, login
    ACCOUNT_CLOSED = "ACCOUNT_CLOSED"  # first_name, login
    INVITATION = "INVITATION"  # secret, organization, inviter, role, expires_at
    ROLE_CHANGED = "ROLE_CHANGED"  # first_name, organization, role, billing, products
    MEMBER_REMOVED = "MEMBER_REMOVED"  # first_name, organization
    DETAILS_CHANGED = "DETAILS_CHANGED"  # first_name, organization, changes: [[field, old, new], …]
