"""Keys made from the one secret of the installation: sealing what must be read again, and signing."""

import base64

from cryptography.fernet import Fernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF


def derive_key(secret_key: str, purpose: str) -> bytes:
    """A key of 256 bits for one purpose; keys of different purposes tell nothing of each other."""
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=purpose.encode()).derive(secret_key.encode())


class FernetVault:
    """Seals texts so that whoever holds them can neither read nor change them."""

    def __init__(self, secret_key: str, purpose: str = "vault") -> None:
        """Seal with a key of this secret that serves one purpose; no vault opens what another has sealed."""
        self._fernet = Fernet(base64.urlsafe_b64encode(derive_key(secret_key, purpose)))

    def seal(self, text: str) -> str:
        """A sealed text: unreadable, and useless when changed."""
        return self._fernet.encrypt(text.encode()).decode()

    def open(self, sealed: str) -> str:
        """The text again; InvalidToken when it was sealed with another secret or changed."""
        return self._fernet.decrypt(sealed.encode()).decode()
