"""Draws docs/performance.png from docs/performance.json; runs in an environment of its own that has matplotlib."""

import json
from pathlib import Path
from typing import Any

import matplotlib as mpl
from matplotlib import pyplot

DOCS = Path(__file__).parent.parent / "docs"
PANELS = (
    ("requests_per_second", "requests per second (more is better)"),
    ("server_cpu_us", "CPU of the server, µs a request (less is better)"),
)
CONNECTIONS = 16
COLOURS = ("#0b5fa5", "#9aa0a6", "#d9822b", "#3a9d5d", "#8e5bb5", "#c2485a")


def draw(found: dict[str, Any]) -> None:
    """One bar for each server, question by question."""
    results = {
        (each["question"], each["server"]): each for each in found["results"] if each["connections"] == CONNECTIONS
    }
    questions = list(dict.fromkeys(question for question, _ in results))
    names = list(dict.fromkeys(server for _, server in results))
    mpl.use("Agg")
    figure, panels = pyplot.subplots(len(PANELS), 1, figsize=(11, 8), layout="constrained")
    for panel, (value, title) in zip(panels, PANELS, strict=True):
        for place, name in enumerate(names):
            positions = [number + (place - (len(names) - 1) / 2) * 0.13 for number in range(len(questions))]
            heights = [results[question, name][value] for question in questions]
            panel.bar(positions, heights, 0.12, label=found["titles"][name], color=COLOURS[place % len(COLOURS)])
        panel.set_yscale("log")
        panel.set_xticks(range(len(questions)), [question.upper() for question in questions])
        panel.set_title(title, loc="left", fontsize=10)
        panel.spines[["top", "right"]].set_visible(False)
    panels[0].legend(ncols=3, fontsize=8, frameon=False)
    figure.suptitle(f"{CONNECTIONS} connections, {found['made_at'][:10]}. {found['note']}".strip(), fontsize=10)
    figure.savefig(DOCS / "performance.png", dpi=110, metadata={"Software": None})


if __name__ == "__main__":
    figures = json.loads((DOCS / "performance.json").read_text("utf-8"))
    if any(each["connections"] == CONNECTIONS for each in figures.get("results", [])):
        draw(figures)
