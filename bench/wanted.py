"""What is wanted of this server, and whether that was found."""

from collections.abc import Iterator, Mapping
from typing import Any

from bench.questions import READ, TITLES
from bench.servers import OURS, PROGRAMS

# What is wanted of requests per second, ours through the peer's: question, connections, peer, at least.
FASTER = (
    *(("q1", 16, "postgraphile", 1.8), ("q6", 16, "postgraphile", 3.0), ("m1", 16, "postgraphile", 1.2)),
    *((question, 16, "postgraphile", 1.5) for question in ("q2", "q3", "q4", "q5")),
    *((question, 16, "mercurius", 1.4) for question in ("q2", "q4", "q5")),
    *(("q3", 16, "mercurius", 1.1), ("q6", 16, "mercurius", 1.1), ("q1", 16, "mercurius", 1.0)),
    *(("m1", 16, peer, 1.2) for peer in ("mercurius", "yoga", "ceiling")),
    *((question, 16, "stock", 15.0) for question in ("q3", "q4", "q5", "q6")),
    *((question, 64, peer, 1.0) for question in TITLES for peer in ("postgraphile", "mercurius", "yoga")),
    *((question, 64, "stock", 1.0) for question in READ),
)
FASTER_OVER_SQLITE = tuple((question, 16, "stock", 10.0) for question in ("q3", "q4", "q5", "q6"))
# What is wanted of the server's CPU per request, ours through the peer's: at most.
LIGHTER = (
    *((question, 16, "ceiling", 1.5) for question in ("q1", "q2", "q3", "q4", "q5")),
    *((question, 16, "postgraphile", 0.25) for question in ("q4", "q5")),
)
P99_BY_P50, CONNECTIONS_OF_P99 = 4.0, 64
WITH_HOLES_BY_WITHOUT = 3.5
LAST_PAGE_BY_FIRST = 1.25  # what differs between two runs of the same page, and no more
MEMORY_MEGABYTES, DOCUMENTS = 250, 100_000

HOLES = {"computed": "values computed for each invoice of Q5", "denied": "a field denied for most members"}

Verdict = tuple[str, str, bool]  # what was wanted, what was found, and whether that is it


def verdicts(found: Mapping[str, Any]) -> Iterator[Verdict]:
    """Everything that was wanted, as far as it was measured."""
    results = found.get("results", [])
    yield from _faster(results, FASTER, "")
    yield from _lighter(results)
    yield from _steady(results)
    yield from _faster(found.get("sqlite", []), FASTER_OVER_SQLITE, " over SQLite")
    for each in found.get("holes", []):
        wanted = f"{HOLES[each['name']]}: at most {WITH_HOLES_BY_WITHOUT:g} times the CPU of the answer without"
        yield wanted, f"{each['ratio']:.2f}", each["ratio"] <= WITH_HOLES_BY_WITHOUT
    if documents := found.get("documents"):
        memory = documents["memory"]
        wanted = f"a process under {MEMORY_MEGABYTES} MB after {DOCUMENTS:,} different documents"
        is_found = memory["most"] < MEMORY_MEGABYTES and memory["documents"] >= DOCUMENTS
        yield wanted, f"{memory['most']:.0f} MB after {memory['documents']:,}", is_found
    if pages := found.get("pages"):
        wanted = f"the last page of {pages['rows']:,} rows: at most {LAST_PAGE_BY_FIRST:g} times the time of the first"
        yield wanted, f"{pages['ratio']:.2f}", pages["ratio"] <= LAST_PAGE_BY_FIRST


def _faster(
    results: list[Mapping[str, Any]], targets: tuple[tuple[str, int, str, float], ...], where: str
) -> Iterator[Verdict]:
    by_place = _by_place(results)
    for question, connections, peer, least in targets:
        if each := by_place.get((question, connections, peer)):
            ratio = each["times_as_fast"]
            wanted = f"{question.upper()} at {connections}{where}: {least:g} times as fast as {PROGRAMS[peer].title}"
            yield wanted, f"{ratio:.2f}", ratio >= least


def _lighter(results: list[Mapping[str, Any]]) -> Iterator[Verdict]:
    by_place = _by_place(results)
    for question, connections, peer, most in LIGHTER:
        if each := by_place.get((question, connections, peer)):
            ratio = each["cpu_ratio"]
            title = PROGRAMS[peer].title
            wanted = f"{question.upper()} at {connections}: at most {most:g} times the CPU of {title}"
            yield wanted, f"{ratio:.2f}", ratio <= most


def _steady(results: list[Mapping[str, Any]]) -> Iterator[Verdict]:
    for (question, connections, server), each in _by_place(results).items():
        if server == OURS and connections == CONNECTIONS_OF_P99:
            ratio = each["p99_ms"] / each["p50_ms"]
            wanted = f"{question.upper()} at {connections}: p99 at most {P99_BY_P50:g} times p50"
            yield wanted, f"{ratio:.2f}", ratio <= P99_BY_P50


def _by_place(results: list[Mapping[str, Any]]) -> dict[tuple[str, int, str], Mapping[str, Any]]:
    return {(each["question"], each["connections"], each["server"]): each for each in results}
