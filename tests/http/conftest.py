"""An endpoint over the sample schema, and what it reports."""

import pytest

from execution.errors import Masking
from execution.http import GraphQLEndpoint
from execution.origins import Origins
from tests.http.sample import make_context, schema


@pytest.fixture
def reported() -> list[tuple[BaseException, str]]:
    return []


@pytest.fixture
def app(reported: list[tuple[BaseException, str]]) -> GraphQLEndpoint:
    masking = Masking(report=lambda exception, incident: reported.append((exception, incident)))
    origins = Origins(["https://panel.example.com", "http://localhost:*"])
    return GraphQLEndpoint(schema, make_context=make_context, masking=masking, origins=origins)
