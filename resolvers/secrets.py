"""Secrets that are handed out once and stored as hashes only: of links, sessions and tokens."""

import base64
import hashlib
import secrets

SECRET_BYTES = 32


def new_secret() -> str:
    """A fresh secret of 256 bits, in letters that pass through links and headers unchanged."""
    return secrets.token_urlsafe(SECRET_BYTES)


def hash_secret(secret: str) -> str:
    """What is stored of a secret: 64 hexadecimal digits. Secrets are long and random, so one fast hash is enough."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def new_recovery_code() -> str:
    """A fresh recovery code of 80 bits: four groups of four letters and digits that are easy to copy by hand."""
    letters = base64.b32encode(secrets.token_bytes(10)).decode().lower()
    return "-".join(letters[place : place + 4] for place in range(0, 16, 4))
