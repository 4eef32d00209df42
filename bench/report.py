"""What was measured, as a table for people, and as JSON for the plot and for the next reader."""

import json
import platform
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from typing import Any

from bench.data import Size
from bench.load import Measure, medians
from bench.questions import TITLES
from bench.rounds import Place
from bench.servers import OURS, PROGRAMS, ROOT
from bench.wanted import HOLES, verdicts

JSON_FILE = ROOT / "docs" / "performance.json"
PAGE = ROOT / "docs" / "performance.md"
BEGIN, END = "<!-- figures: begin -->", "<!-- figures: end -->"


def results(rounds: Mapping[Place, list[Measure]]) -> list[dict[str, Any]]:
    """Medians of everything, and of the ratios within a round."""
    return [
        {
            "question": question,
            "connections": connections,
            "server": server,
            **rounded(vars(medians(measures))),
            **_ratios(rounds, question, connections, server),
        }
        for (question, connections, server), measures in rounds.items()
    ]


def _ratios(rounds: Mapping[Place, list[Measure]], question: str, connections: int, server: str) -> dict[str, float]:
    """Ours through a peer's, in the same round: the median."""
    if server == OURS:
        return {}
    pairs = list(zip(rounds[question, connections, OURS], rounds[question, connections, server], strict=True))
    return {
        "times_as_fast": rounded(median(a.requests_per_second / b.requests_per_second for a, b in pairs)),
        "cpu_ratio": rounded(median(a.server_cpu_us / b.server_cpu_us for a, b in pairs)),
    }


def rounded(value: Any) -> Any:
    """Figures with four digits that say something, wherever they stand; counts stay as they are."""
    if isinstance(value, dict):
        return {name: rounded(each) for name, each in value.items()}
    if isinstance(value, list):
        return [rounded(each) for each in value]
    return float(f"{value:.4g}") if isinstance(value, float) else value


def summary(
    measured: Mapping[str, Any], how: Mapping[str, Any], size: Size, postgres: str, note: str
) -> dict[str, Any]:
    """What was measured, part by part, and how."""
    return {
        "made_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "note": note,
        "how": dict(how),
        "size": asdict(size),
        "machine": {"processor": _processor(), "system": platform.platform(), "python": platform.python_version()},
        "postgresql": postgres,
        "sqlite_version": sqlite3.sqlite_version,
        "titles": {name: program.title for name, program in PROGRAMS.items()},
        **rounded(dict(measured)),
    }


def _processor() -> str:
    lines = Path("/proc/cpuinfo").read_text("utf-8").splitlines()
    return next((line.partition(": ")[2] for line in lines if line.startswith("model name")), platform.machine())


def table(found: Mapping[str, Any]) -> str:
    """The figures in Markdown."""
    sections = [
        "\n".join(_preamble(found)),
        *_tables(found.get("results", []), "one process"),
        *_tables(found.get("two_processes", []), "two processes"),
        *_tables(found.get("sqlite", []), "one process, over SQLite"),
        *_alone(found),
        _wanted(found),
    ]
    return "\n\n".join(sections) + "\n"


def _preamble(found: Mapping[str, Any]) -> Iterator[str]:
    if found["note"]:
        yield f"**{found['note']}**"
        yield ""
    how, size, machine = found["how"], found["size"], found["machine"]
    yield (
        f"Measured on {found['made_at'][:10]} ({machine['processor']}, Python {machine['python']}, PostgreSQL "
        f"{found['postgresql']}, SQLite {found['sqlite_version']}): medians of {how['rounds']} interleaved rounds of "
        f"{how['seconds']} seconds, over {size['organizations']:,} organizations, {size['products']:,} products, "
        f"{size['invoices']:,} invoices and {size['entries']:,} wallet entries."
    )


def _tables(results: list[Mapping[str, Any]], servers: str) -> Iterator[str]:
    by_place = {(each["question"], each["connections"], each["server"]): each for each in results}
    names = [name for name in PROGRAMS if any(server == name for _, _, server in by_place)]
    for connections in dict.fromkeys(connections for _, connections, _ in by_place):
        questions = [question for question in TITLES if (question, connections, OURS) in by_place]
        rows = {question: [by_place[question, connections, name] for name in names] for question in questions}
        yield f"### {connections} connection{'s' if connections > 1 else ''}, {servers}"
        for title, cell in CELLS.items():
            yield _grid(title, names, {question: [cell(each) for each in row] for question, row in rows.items()})
    if results:
        memory = {name: max(each["memory_megabytes"] for each in results if each["server"] == name) for name in names}
        told = ", ".join(f"{PROGRAMS[name].title} {memory[name]:.0f}" for name in names)
        yield f"Memory in MB, at most, {servers}: {told}."


def _speed(result: Mapping[str, Any]) -> str:
    ratio = f" ({result['times_as_fast']:.2f})" if "times_as_fast" in result else ""
    return f"{result['requests_per_second']:,.0f}{ratio}"


CELLS: dict[str, Callable[[Mapping[str, Any]], str]] = {
    "requests per second (times as fast we are)": _speed,
    "p50 / p99 in ms": lambda each: f"{each['p50_ms']:.1f} / {each['p99_ms']:.1f}",
    "CPU µs a request: server + database": lambda each: (
        f"{each['server_cpu_us']:,.0f} + {each['database_cpu_us']:,.0f}"
    ),
}


def _grid(title: str, names: list[str], rows: Mapping[str, list[str]]) -> str:
    lines = [f"| {title} | " + " | ".join(PROGRAMS[name].title for name in names) + " |"]
    lines.append("| --- |" + " --: |" * len(names))
    lines += [
        f"| {question.upper()} {TITLES[question]} | " + " | ".join(cells) + " |" for question, cells in rows.items()
    ]
    return "\n".join(lines)


def _alone(found: Mapping[str, Any]) -> Iterator[str]:
    lines = [
        f"| server CPU of an answer with {HOLES[each['name']]}, and without | "
        f"{each['with_us']:,.0f} µs, {each['without_us']:,.0f} µs |"
        for each in found.get("holes", [])
    ]
    if documents := found.get("documents"):
        memory, unseen = documents["memory"], documents["unseen_ms"]
        told = ", ".join(f"{question.upper()} {ms:.1f}" for question, ms in unseen.items())
        lines.append(f"| server CPU that an unseen document costs beyond its answer, in ms | {told} |")
        lines.append(
            f"| memory of a process before and after {memory['documents']:,} different documents, and at most | "
            f"{memory['before']:.0f} MB, {memory['after']:.0f} MB, {memory['most']:.0f} MB |"
        )
    if pages := found.get("pages"):
        told = [
            f"{each['p50_ms']:.2f} ms ({each['server_cpu_us']:,.0f} + {each['database_cpu_us']:,.0f} µs)"
            for each in (pages["first"], pages["last"])
        ]
        lines.append(
            f"| first and last page of {pages['rows']:,} rows, 1 connection: p50 (CPU of server + database) | "
            f"{', '.join(told)} |"
        )
    if lines:
        yield "\n".join(["### This server alone", "", "| measured | found |", "| --- | --: |", *lines])


def _wanted(found: Mapping[str, Any]) -> str:
    lines = ["| wanted | found | |", "| --- | --: | --- |"]
    lines += [f"| {wanted} | {was} | {'yes' if is_it else 'no'} |" for wanted, was, is_it in verdicts(found)]
    return "\n".join(["### What was wanted", "", *lines])


def write(found: Mapping[str, Any]) -> None:
    """Keep the figures in docs/: as JSON, and as tables in their page."""
    JSON_FILE.write_text(json.dumps(found, indent=1, ensure_ascii=False) + "\n", "utf-8")
    page = PAGE.read_text("utf-8")
    before, _, rest = page.partition(BEGIN)
    _, _, after = rest.partition(END)
    PAGE.write_text(f"{before}{BEGIN}\n\n{table(found)}\n{END}{after}", "utf-8")
