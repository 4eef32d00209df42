"""Writing: the table of contents."""

import strawberry


@strawberry.type(description="Everything that can be done.")
class Mutation:
    """The roots of writing."""
