"""What was measured, as a table for people, and as JSON for the plot and for the next reader."""

import json
import platform
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from typing import Any

from bench.data import Size
from bench.load import Measure, medians
from bench.questions import TITLES
from bench.servers import OURS, PROGRAMS, ROOT

JSON_FILE = ROOT / "docs" / "performance.json"
PAGE = ROOT / "docs" / "performance.md"
BEGIN, END = "<!-- figures: begin -->", "<!-- figures: end -->"
DIGITS = 3

# What is wanted of requests per second, ours through the peer's: question, connections, peer, at least.
FASTER = (
    *(("q1", 16, "postgraphile", 1.8), ("q6", 16, "postgraphile", 3.0), ("m1", 16, "postgraphile", 1.2)),
    *((question, 16, "postgraphile", 1.5) for question in ("q2", "q3", "q4", "q5")),
    *((question, 16, "mercurius", 1.4) for question in ("q2", "q4", "q5")),
    *(("q3", 16, "mercurius", 1.1), ("q6", 16, "mercurius", 1.1), ("q1", 16, "mercurius", 1.0)),
    *(("m1", 16, peer, 1.2) for peer in ("mercurius", "yoga", "ceiling")),
    *((question, 16, "stock", 15.0) for question in ("q3", "q4", "q5", "q6")),
    *((question, 64, peer, 1.0) for question in TITLES for peer in ("postgraphile", "mercurius", "yoga")),
)
# What is wanted of the server's CPU per request, ours through the peer's: at most.
LIGHTER = (
    *((question, 16, "ceiling", 1.5) for question in ("q1", "q2", "q3", "q4", "q5")),
    *((question, 16, "postgraphile", 0.25) for question in ("q4", "q5")),
)


def summary(
    rounds: Mapping[tuple[str, int, str], list[Measure]], how: Mapping[str, Any], size: Size, postgres: str, note: str
) -> dict[str, Any]:
    """Medians of everything, and of the ratios within a round."""
    return {
        "made_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "note": note,
        "how": dict(how),
        "size": asdict(size),
        "machine": {"processor": _processor(), "system": platform.platform(), "python": platform.python_version()},
        "postgresql": postgres,
        "titles": {name: program.title for name, program in PROGRAMS.items()},
        "results": [
            {
                "question": question,
                "connections": connections,
                "server": server,
                **{name: _rounded(value) for name, value in asdict(medians(measures)).items()},
                **_ratios(rounds, question, connections, server),
            }
            for (question, connections, server), measures in rounds.items()
        ],
    }


def _ratios(
    rounds: Mapping[tuple[str, int, str], list[Measure]], question: str, connections: int, server: str
) -> dict[str, float]:
    """Ours through a peer's, in the same round: the median."""
    if server == OURS:
        return {}
    pairs = list(zip(rounds[question, connections, OURS], rounds[question, connections, server], strict=True))
    return {
        "times_as_fast": _rounded(median(a.requests_per_second / b.requests_per_second for a, b in pairs)),
        "cpu_ratio": _rounded(median(a.server_cpu_us / b.server_cpu_us for a, b in pairs)),
    }


def _rounded(value: float) -> float:
    return float(f"{value:.4g}")


def _processor() -> str:
    lines = Path("/proc/cpuinfo").read_text("utf-8").splitlines()
    return next((line.partition(": ")[2] for line in lines if line.startswith("model name")), platform.machine())


def table(found: Mapping[str, Any]) -> str:
    """The figures in Markdown."""
    return "\n\n".join(["\n".join(_preamble(found)), *_tables(found), _wanted(found)]) + "\n"


def _preamble(found: Mapping[str, Any]) -> Iterator[str]:
    if found["note"]:
        yield f"**{found['note']}**"
        yield ""
    how, size, machine = found["how"], found["size"], found["machine"]
    yield (
        f"Measured on {found['made_at'][:10]} ({machine['processor']}, Python {machine['python']}, PostgreSQL "
        f"{found['postgresql']}): medians of {how['rounds']} interleaved rounds of {how['seconds']} seconds, over "
        f"{size['organizations']:,} organizations, {size['products']:,} products, {size['invoices']:,} invoices and "
        f"{size['entries']:,} wallet entries."
    )


def _tables(found: Mapping[str, Any]) -> Iterator[str]:
    results = {(each["question"], each["connections"], each["server"]): each for each in found["results"]}
    names = [name for name in PROGRAMS if any(server == name for _, _, server in results)]
    for connections in found["how"]["connections"]:
        questions = [question for question in TITLES if (question, connections, OURS) in results]
        yield f"### {connections} connection{'s' if connections > 1 else ''}"
        yield _grid(
            "requests per second (times as fast we are)",
            names,
            {question: [_speed(results[question, connections, name]) for name in names] for question in questions},
        )
        yield _grid(
            "p50 / p99 in ms",
            names,
            {
                question: [
                    f"{each['p50_ms']:.1f} / {each['p99_ms']:.1f}"
                    for each in (results[question, connections, name] for name in names)
                ]
                for question in questions
            },
        )
        yield _grid(
            "CPU µs a request: server + database",
            names,
            {
                question: [
                    f"{each['server_cpu_us']:,.0f} + {each['database_cpu_us']:,.0f}"
                    for each in (results[question, connections, name] for name in names)
                ]
                for question in questions
            },
        )
    memory = {
        name: max(each["memory_megabytes"] for each in results.values() if each["server"] == name) for name in names
    }
    yield "Memory in MB, at most: " + ", ".join(f"{PROGRAMS[name].title} {memory[name]:.0f}" for name in names) + "."


def _speed(result: Mapping[str, Any]) -> str:
    ratio = f" ({result['times_as_fast']:.2f})" if "times_as_fast" in result else ""
    return f"{result['requests_per_second']:,.0f}{ratio}"


def _grid(title: str, names: list[str], rows: Mapping[str, list[str]]) -> str:
    lines = [f"| {title} | " + " | ".join(PROGRAMS[name].title for name in names) + " |"]
    lines.append("| --- |" + " --: |" * len(names))
    lines += [
        f"| {question.upper()} {TITLES[question]} | " + " | ".join(cells) + " |" for question, cells in rows.items()
    ]
    return "\n".join(lines)


def _wanted(found: Mapping[str, Any]) -> str:
    """What was wanted, what was found, and whether that is it."""
    results = {(each["question"], each["connections"], each["server"]): each for each in found["results"]}
    lines = ["| wanted | found | |", "| --- | --: | --- |"]
    for question, connections, peer, least in FASTER:
        if each := results.get((question, connections, peer)):
            ratio = each["times_as_fast"]
            wanted = f"{question.upper()} at {connections}: {least:g} times as fast as {PROGRAMS[peer].title}"
            lines.append(f"| {wanted} | {ratio:.2f} | {'yes' if ratio >= least else 'no'} |")
    for question, connections, peer, most in LIGHTER:
        if each := results.get((question, connections, peer)):
            ratio = each["cpu_ratio"]
            wanted = f"{question.upper()} at {connections}: at most {most:g} times the CPU of {PROGRAMS[peer].title}"
            lines.append(f"| {wanted} | {ratio:.2f} | {'yes' if ratio <= most else 'no'} |")
    for (question, connections, server), each in results.items():
        if server == OURS and connections == 64:
            ratio = each["p99_ms"] / each["p50_ms"]
            lines.append(
                f"| {question.upper()} at 64: p99 at most 4 times p50 | {ratio:.2f} | {'yes' if ratio <= 4 else 'no'} |"
            )
    return "\n".join(["### What was wanted", "", *lines])


def write(found: Mapping[str, Any]) -> None:
    """Keep the figures in docs/: as JSON, and as tables in their page."""
    JSON_FILE.write_text(json.dumps(found, indent=1, ensure_ascii=False) + "\n", "utf-8")
    page = PAGE.read_text("utf-8")
    before, _, rest = page.partition(BEGIN)
    _, _, after = rest.partition(END)
    PAGE.write_text(f"{before}{BEGIN}\n\n{table(found)}\n{END}{after}", "utf-8")
