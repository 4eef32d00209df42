"""What was measured is told with its figures, and everything that was wanted with whether it was found."""

from datetime import UTC, datetime, timedelta, timezone
from typing import Any
from uuid import UUID

import pytest

from bench.data import FULL
from bench.load import Measure, medians
from bench.report import results, rounded, summary, table
from bench.servers import OURS
from bench.sqlite_file import spelled
from bench.wanted import verdicts

HOW = {"connections": [16], "rounds": 2, "seconds": 1}


def measured(requests_per_second: float, *, cpu_us: float = 100.0, p99_ms: float = 2.0) -> Measure:
    return Measure(requests_per_second, 1.0, p99_ms, cpu_us, 50.0, 80.0, 1_000)


def beside(peer: str, question: str = "q3", connections: int = 16, *, times: float) -> list[dict[str, Any]]:
    return results(
        {
            (question, connections, OURS): [measured(100 * times), measured(200 * times)],
            (question, connections, peer): [measured(100), measured(200)],
        }
    )


def told(**found: Any) -> dict[str, tuple[str, bool]]:
    return {wanted: (was, is_it) for wanted, was, is_it in verdicts(found)}


def test_a_ratio_is_the_median_of_the_ratios_within_rounds() -> None:
    ours, theirs = [measured(100), measured(300), measured(90)], [measured(50), measured(100), measured(90)]

    (_, peer) = results({("q1", 16, OURS): ours, ("q1", 16, "yoga"): theirs})

    assert peer["times_as_fast"] == 2.0
    assert medians(ours).requests_per_second == 100


@pytest.mark.parametrize(("times", "is_found"), [(14.9, False), (15.0, True)])
def test_speed_beside_a_peer_is_found_from_its_figure_on(times: float, is_found: bool) -> None:
    found = told(results=beside("stock", times=times))

    assert found["Q3 at 16: 15 times as fast as Strawberry, Tortoise"] == (f"{times:.2f}", is_found)


@pytest.mark.parametrize(("times", "is_found"), [(9.9, False), (10.0, True)])
def test_speed_over_sqlite_has_a_figure_of_its_own(times: float, is_found: bool) -> None:
    found = told(sqlite=beside("stock", times=times))

    assert found == {"Q3 at 16 over SQLite: 10 times as fast as Strawberry, Tortoise": (f"{times:.2f}", is_found)}


@pytest.mark.parametrize("peer", ["postgraphile", "mercurius", "yoga", "stock"])
@pytest.mark.parametrize("question", ["q1", "q2", "q3", "q4", "q5", "q6"])
def test_at_64_connections_nobody_may_be_faster(peer: str, question: str) -> None:
    assert [
        is_it
        for wanted, (_, is_it) in told(results=beside(peer, question, 64, times=0.9)).items()
        if "times as fast" in wanted
    ] == [False]


@pytest.mark.parametrize(("p99_ms", "is_found"), [(4.0, True), (4.1, False)])
def test_at_64_connections_the_slowest_wait_little_longer(p99_ms: float, is_found: bool) -> None:
    found = told(results=results({("q2", 64, OURS): [measured(100, p99_ms=p99_ms)]}))

    assert found == {"Q2 at 64: p99 at most 4 times p50": (f"{p99_ms:.2f}", is_found)}


@pytest.mark.parametrize(("ratio", "is_found"), [(3.5, True), (3.6, False)])
def test_holes_may_cost_so_much(ratio: float, is_found: bool) -> None:
    ((_, verdict),) = told(holes=[{"name": "denied", "with_us": 1.0, "without_us": 1.0, "ratio": ratio}]).items()

    assert verdict == (f"{ratio:.2f}", is_found)


@pytest.mark.parametrize(
    ("documents", "most", "is_found"), [(100_000, 249, True), (100_000, 250, False), (2_000, 100, False)]
)
def test_memory_is_found_after_all_documents_only(documents: int, most: float, is_found: bool) -> None:
    memory = {"documents": documents, "before": 90.0, "after": 100.0, "most": most}

    ((_, verdict),) = told(documents={"unseen_ms": {}, "memory": memory}).items()

    assert verdict == (f"{most} MB after {documents:,}", is_found)


@pytest.mark.parametrize(("ratio", "is_found"), [(1.25, True), (1.3, False)])
def test_the_last_page_may_cost_what_the_first_costs(ratio: float, is_found: bool) -> None:
    ((wanted, verdict),) = told(pages={"rows": 1_000_000, "ratio": ratio}).items()

    assert "1,000,000 rows" in wanted
    assert verdict == (f"{ratio:.2f}", is_found)


def test_every_part_stands_in_the_report() -> None:
    everything = {
        "results": beside("stock", times=20.0),
        "two_processes": beside("yoga", times=2.0),
        "sqlite": beside("stock", times=12.0),
        "holes": [{"name": "computed", "with_us": 2_900.0, "without_us": 900.0, "ratio": 3.22}],
        "documents": {
            "unseen_ms": {"q1": 2.5},
            "memory": {"documents": 100_000, "before": 149.0, "after": 190.0, "most": 191.0},
        },
        "pages": {
            "rows": 1_000_000,
            "first": vars(measured(300)),
            "last": vars(measured(290, cpu_us=105)),
            "ratio": 1.03,
        },
    }

    text = table(summary(everything, HOW, FULL, "15.20", "Provisional."))

    for said in (
        "**Provisional.**",
        "### 16 connections, one process\n",
        "### 16 connections, two processes\n",
        "### 16 connections, one process, over SQLite\n",
        "2,900 µs, 900 µs",
        "149 MB, 190 MB, 191 MB",
        "1.00 ms (100 + 50 µs), 1.00 ms (105 + 50 µs)",
        "| Q3 at 16: 15 times as fast as Strawberry, Tortoise | 20.00 | yes |",
    ):
        assert said in text


def test_what_was_not_measured_is_not_reported() -> None:
    text = table(summary({}, HOW, FULL, "15.20", ""))

    assert "yes" not in text
    assert "connection" not in text


def test_figures_are_kept_with_four_digits() -> None:
    assert rounded({"ms": 1.234567, "rows": 1_234_567, "all": [{"us": 12345.6}]}) == {
        "ms": 1.235,
        "rows": 1_234_567,
        "all": [{"us": 12350.0}],
    }


@pytest.mark.parametrize(
    ("value", "stored"),
    [
        (UUID("01856aa0-c801-7003-8000-000000000001"), "01856aa0c80170038000000000000001"),
        (datetime(2026, 1, 1, 12, tzinfo=timezone(timedelta(hours=1))), "2026-01-01 11:00:00+00:00"),
        (datetime(2026, 1, 1, 12, 0, 0, 5, tzinfo=UTC), "2026-01-01 12:00:00.000005+00:00"),
        (datetime(2026, 1, 1, tzinfo=UTC).date(), "2026-01-01"),
        (True, 1),
        (False, 0),
        (None, None),
        ("text", "text"),
        (2**60, 2**60),
    ],
)
def test_a_value_is_spelled_as_it_stands_in_a_file(value: object, stored: object) -> None:
    assert spelled(value) == stored
    assert type(spelled(value)) is type(stored)
