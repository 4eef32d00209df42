"""Secrets that are handed out once and stored as hashes only: of links, sessions and tokens."""

import hashlib
import secrets

SECRET_BYTES = 32


def new_secret() -> str:
    """A fresh secret of 256 bits, in letters that pass through links and headers unchanged."""
    return secrets.token_urlsafe(SECRET_BYTES)


def hash_secret(secret: str) -> str:
    """What is stored of a secret: 64 hexadecimal digits. Secrets are long and random, so one fast hash is enough."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()
