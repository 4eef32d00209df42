"""The way to a document as clients get it."""

from datetime import datetime
from typing import Self

import strawberry

from resolvers.documents import Download
from schema.context import Context


@strawberry.type(
    description="A document that can be fetched now. The link works without further sign-in, as long as the session "
    "that asked for it is open and its user may see the document."
)
class DownloadLink:
    """Ask for a new one rather than keep it."""

    url: str = strawberry.field(description="Address to fetch the document from, by GET.")
    file_name: str = strawberry.field(description="Name of the file.")
    expires_at: datetime = strawberry.field(description="Instant after which the link does not work any more.")

    @classmethod
    def of(cls, download: Download, context: Context) -> Self:
        """Show where a download can be fetched from."""
        return cls(url=context.download_link(download), file_name=download.file_name, expires_at=download.expires_at)
