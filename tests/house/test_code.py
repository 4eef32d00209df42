"""Every check of the code holds, and each is seen to fail on a planted offence."""

from collections.abc import Callable, Iterator

import pytest

from tests.house import checks
from tests.house.sources import Source, code

Check = Callable[[Source], Iterator[str]]

PLANTED: list[tuple[Check, str, str]] = [
    (checks.long_functions, "rules/planted.py", "def f():\n" + "    pass\n" * 50),
    (checks.long_files, "rules/planted.py", "\n" * 401),
    (checks.imports_inside_functions, "schema/planted.py", "async def f():\n    import json\n"),
    (checks.clocks, "resolvers/planted.py", "import datetime\nnow = datetime.datetime.now()\n"),
    (checks.clocks, "rules/planted.py", "from datetime import date\nday = date.today()\n"),
    (checks.clocks, "execution/planted.py", "import time\nnow = time.time()\n"),
    (checks.chance, "resolvers/planted.py", "import random\n"),
    (checks.chance, "resolvers/planted.py", "from uuid import UUID, uuid4\n"),
    (checks.chance, "schema/planted.py", "from secrets import token_hex\n"),
    (checks.environment, "server/planted.py", "import os\nhost = os.environ['HOST']\n"),
    (checks.environment, "resolvers/planted.py", "import os\nhost = os.getenv('HOST')\n"),
    (checks.floats, "rules/planted.py", "rate = 0.081\n"),
    (checks.floats, "rules/planted.py", "def share(total: int) -> int:\n    return int(total / 3)\n"),
    (checks.floats, "models/planted.py", "def total(x: float) -> None: ...\n"),
    (checks.prints, "server/planted.py", "print('here')\n"),
    (checks.transactions, "schema/planted.py", "from tortoise.transactions import in_transaction\n"),
    (checks.transactions, "server/planted.py", "from resolvers.transactions import transaction\n"),
    (checks.impure_rules, "rules/planted.py", "import pydantic\n"),
    (checks.impure_rules, "rules/planted.py", "from models.accounts import User\n"),
    (checks.empty_names, "resolvers/billing_utils.py", ""),
    (checks.ignores_without_reason, "schema/planted.py", "x = 1  # no" + "qa: E501\n"),
    (checks.ignores_without_reason, "schema/planted.py", "x = f()  # type: " + "ignore[misc]\n"),
    (checks.ignores_without_reason, "schema/planted.py", "# ruff: no" + "qa\n"),
]


@pytest.mark.parametrize("check", checks.CHECKS, ids=lambda check: check.__name__)
def test_the_code_keeps_the_rule(check: Check) -> None:
    assert [offence for source in code() for offence in check(source)] == []


@pytest.mark.parametrize(("check", "path", "text"), PLANTED, ids=lambda value: getattr(value, "__name__", ""))
def test_the_check_notices_an_offence(check: Check, path: str, text: str) -> None:
    assert list(check(Source(path, text))) != []


def test_every_check_has_a_planted_offence() -> None:
    assert {check for check, _, _ in PLANTED} == set(checks.CHECKS)
