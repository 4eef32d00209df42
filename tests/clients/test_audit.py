"""Another project's audit of GraphQL over HTTP finds nothing to say about a live server."""

import pytest

from tests.clients.conftest import RunsNode

pytestmark = pytest.mark.clients


@pytest.mark.parametrize("server", ["real_address", "address"])
def test_every_audit_of_graphql_over_http_passes_without_a_warning(
    node: RunsNode, request: pytest.FixtureRequest, server: str
) -> None:
    address = request.getfixturevalue(server)

    assert node("audit/audit.mjs", f"{address}/graphql") == "61 of 61\n"
