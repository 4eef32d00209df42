"""Whose messages are believed: the secret that systems of the provider's own sign theirs with."""

import base64

from pydantic import Field, SecretStr, field_validator
from pydantic_settings import BaseSettings

SECRET_PREFIX = "whsec_"


class CallbackSettings(BaseSettings):
    """The part of the settings that says whose messages are believed."""

    callback_secret_text: SecretStr | None = Field(
        default=None,
        validation_alias="CALLBACK_SECRET",
        description="whsec_ and 24 to 64 bytes in base64, known to the systems that record charges; without it there "
        "is no /callbacks/charges",
    )

    @field_validator("callback_secret_text")
    @classmethod
    def _is_secret(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None and not 24 <= len(read_secret(value.get_secret_value()) or b"") <= 64:
            raise ValueError("must be whsec_ and 24 to 64 bytes in base64")
        return value

    @property
    def callback_secret(self) -> bytes | None:
        """The secret that messages are signed with; None while nobody is believed."""
        return read_secret(self.callback_secret_text.get_secret_value()) if self.callback_secret_text else None


def read_secret(text: str) -> bytes | None:
    """The bytes of a written secret; None when it is not written as one."""
    if not text.startswith(SECRET_PREFIX):
        return None
    try:
        return base64.b64decode(text.removeprefix(SECRET_PREFIX), validate=True)
    except ValueError:
        return None
