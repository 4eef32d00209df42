"""What is agreed about the code, as functions from a file to its offences."""

import ast
import re
import sys
from collections.abc import Iterator

from tests.house.sources import PACKAGES, Source

LONGEST_FUNCTION = 50
LONGEST_FILE = 400
STANDARD_LIBRARY = sys.stdlib_module_names

CLOCKS = {
    ("datetime", "now"),
    ("datetime", "utcnow"),
    ("datetime", "today"),
    ("date", "today"),
    ("time", "time"),
    ("time", "time_ns"),
    ("time", "localtime"),
    ("time", "gmtime"),
}
# Where else time or chance may come from, and why.
CLOCK_ALLOWED = {
    "server/": "the processes own the clock",
    "models/fields.py": "an id carries the time at which it was made, whoever makes it",
}
CHANCE_ALLOWED = {
    "resolvers/secrets.py": "secrets are made here and nowhere else",
    "models/fields.py": "ids are unique by chance",
    "execution/errors.py": "an incident gets a name that nobody can guess",
    "server/explorer.py": "each page names the scripts that it allows",
    "server/demo/": "invented data, from a fixed seed",
}
TRANSACTIONS_ALLOWED = {
    "resolvers/": "what is written is written here",
    "models/engines/": "a statement for many rows is a transaction",
    "models/migrating.py": "a migration is a transaction",
    "server/demo/": "invented data is written in bulk",
}
EMPTY_NAMES = {
    "base",
    "common",
    "core",
    "helpers",
    "manager",
    "managers",
    "misc",
    "service",
    "services",
    "util",
    "utils",
}
REASONLESS = re.compile(r"#\s*(?:noqa(?::\s*[A-Z0-9, ]+)?|type:\s*ignore(?:\[[\w, -]+\])?)\s*$")
WHOLE_FILE_IGNORE = re.compile(r"^#\s*(ruff:\s*noqa|mypy:\s*ignore-errors|type:\s*ignore)", re.MULTILINE)


def long_functions(source: Source) -> Iterator[str]:
    """A function has at most 50 lines."""
    for function in _functions(source.tree):
        lines = (function.end_lineno or function.lineno) - function.lineno + 1
        if lines > LONGEST_FUNCTION:
            yield f"{source.at(function)} {function.name} has {lines} lines"


def long_files(source: Source) -> Iterator[str]:
    """A file has at most 400 lines."""
    lines = source.text.count("\n")
    if lines > LONGEST_FILE:
        yield f"{source.path} has {lines} lines"


def imports_inside_functions(source: Source) -> Iterator[str]:
    """Everything is imported at the top, where it is seen."""
    for function in _functions(source.tree):
        for node in ast.walk(function):
            if isinstance(node, ast.Import | ast.ImportFrom):
                yield f"{source.at(node)} imports inside {function.name}"


def clocks(source: Source) -> Iterator[str]:
    """Time comes in as a value; only the server reads the clock."""
    if _is_ours(source) and not _allowed(source, CLOCK_ALLOWED):
        for node in ast.walk(source.tree):
            if isinstance(node, ast.Attribute) and (_last_name(node.value), node.attr) in CLOCKS:
                yield f"{source.at(node)} reads the clock"


def chance(source: Source) -> Iterator[str]:
    """Chance has few sources, each known."""
    if _is_ours(source) and not _allowed(source, CHANCE_ALLOWED):
        for node, module, names in _imports(source.tree):
            if module in {"random", "secrets"} or (module == "uuid" and names & {"uuid1", "uuid4"}):
                yield f"{source.at(node)} takes something from {module}"


def environment(source: Source) -> Iterator[str]:
    """The environment is read by the settings alone."""
    if _is_ours(source) and source.path != "server/settings.py":
        for node in ast.walk(source.tree):
            if isinstance(node, ast.Attribute) and node.attr in {"environ", "getenv"}:
                yield f"{source.at(node)} reads the environment"


def floats(source: Source) -> Iterator[str]:
    """Nothing that could be money is a float, or becomes one by a division."""
    if source.package not in {"rules", "models", "schema", "permissions"}:
        return
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, float):
            yield f"{source.at(node)} has the float {node.value}"
        elif isinstance(node, ast.Name) and node.id == "float":
            yield f"{source.at(node)} names float"
        elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div):
            yield f"{source.at(node)} divides with /"


def prints(source: Source) -> Iterator[str]:
    """Only the command line prints."""
    if _is_ours(source) and source.path != "server/cli.py":
        for node in ast.walk(source.tree):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "print":
                yield f"{source.at(node)} prints"


def transactions(source: Source) -> Iterator[str]:
    """Only resolvers open transactions."""
    if _is_ours(source) and not _allowed(source, TRANSACTIONS_ALLOWED):
        for node, module, names in _imports(source.tree):
            if module == "resolvers.transactions" or names & {"in_transaction", "atomic"}:
                yield f"{source.at(node)} opens transactions"


def impure_rules(source: Source) -> Iterator[str]:
    """Rules know the standard library alone."""
    if source.package == "rules":
        for node, module, _ in _imports(source.tree):
            if module.split(".")[0] not in STANDARD_LIBRARY | {"rules"}:
                yield f"{source.at(node)} imports {module}"


def empty_names(source: Source) -> Iterator[str]:
    """A module's name says what is in it."""
    stem = source.path.rsplit("/", 1)[-1].removesuffix(".py")
    if EMPTY_NAMES & {stem, *stem.split("_")}:
        yield f"{source.path} has a name that says nothing"


def ignores_without_reason(source: Source) -> Iterator[str]:
    """Whoever silences a check says why."""
    for number, line in enumerate(source.text.splitlines(), 1):
        if REASONLESS.search(line):
            yield f"{source.path}:{number} ignores a check without a reason"
    if WHOLE_FILE_IGNORE.search(source.text):
        yield f"{source.path} ignores a check for the whole file"


CHECKS = (
    long_functions,
    long_files,
    imports_inside_functions,
    clocks,
    chance,
    environment,
    floats,
    prints,
    transactions,
    impure_rules,
    empty_names,
    ignores_without_reason,
)


def _functions(tree: ast.Module) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    return (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))


def _imports(tree: ast.Module) -> Iterator[tuple[ast.AST, str, set[str]]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node, each.name, set()) for each in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node, node.module or "", {each.name for each in node.names}


def _last_name(node: ast.expr) -> str:
    return node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else ""


def _is_ours(source: Source) -> bool:
    return source.package in PACKAGES


def _allowed(source: Source, places: dict[str, str]) -> bool:
    return source.path.startswith(tuple(places))
