"""Defects that a planner could have, each planted by replacing one small part of ours."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest

from execution.given import Given
from execution.planning import arguments, conditions, edges, objects, pages, results, roots, selecting
from execution.planning.conditions import Conditions
from execution.planning.dialects import Dialect
from execution.planning.edges import Edges
from execution.planning.following import Outcome
from execution.planning.holes import Walk
from execution.planning.objects import Objects
from execution.planning.pages import _Page
from execution.planning.planner import Plans
from execution.planning.postgresql import Postgresql
from execution.planning.requests import Questions
from execution.planning.roots import Roots
from execution.planning.sqlite import Sqlite
from execution.planning.statement import Filling, Hole
from execution.predicates import EVERYONE
from execution.scalars import Kind

Plant = Callable[[pytest.MonkeyPatch], None]
DIALECTS: tuple[type[Any], ...] = (Postgresql, Sqlite)


def seen_dropped_at_an_edge(patch: pytest.MonkeyPatch) -> None:
    visible = Conditions.visible
    patch.setattr(Conditions, "visible", lambda self, there, *rest: visible(self, replace(there, seen=EVERYONE), *rest))


def seen_dropped_at_an_entry(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Roots, "_seen", lambda *_: [])


def guard_of_a_type_dropped_at_an_edge(patch: pytest.MonkeyPatch) -> None:
    visible = Conditions.visible
    patch.setattr(Conditions, "visible", lambda self, there, *rest: visible(self, replace(there, who=()), *rest))


def where_of_an_edge_dropped(patch: pytest.MonkeyPatch) -> None:
    visible = Conditions.visible
    patch.setattr(Conditions, "visible", lambda self, there, alias, *_: visible(self, there, alias))


def guard_dropped(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Objects, "guarded", lambda _self, piece, *_: piece)


def only_the_first_guard_asked(patch: pytest.MonkeyPatch) -> None:
    guarded = Objects.guarded
    patch.setattr(Objects, "guarded", lambda self, piece, guards, *rest: guarded(self, piece, guards[:1], *rest))


def guard_asked_of_the_parent(patch: pytest.MonkeyPatch) -> None:
    expression, guarded, parents = Edges.expression, Objects.guarded, dict[str, str]()

    def remembering(self: Edges, plan: Any, definition: Any, selected: Any, alias: str, table: Any) -> str:
        parents[f"t{self._builder.aliases + 1}"] = alias
        return expression(self, plan, definition, selected, alias, table)

    def misled(self: Objects, piece: Any, guards: Any, nodes: Any, alias: str, table: Any) -> Any:
        return guarded(self, piece, guards, nodes, parents.get(alias, alias), table)

    patch.setattr(Edges, "expression", remembering)
    patch.setattr(Objects, "guarded", misled)


def whoever_asks_is_admitted(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Objects, "admits", lambda *_: True)


def denied_value_not_replaced(patch: pytest.MonkeyPatch) -> None:
    def denial(guard: Any, nodes: Any) -> Hole:
        def fill(filling: Filling, printed: dict[str, Any], path: list[Any]) -> Any:
            filling.refuse(guard.denial(), nodes, path)
            return printed

        return Hole(fill)

    patch.setattr(objects, "denial", denial)


def error_without_its_place_in_a_list(patch: pytest.MonkeyPatch) -> None:
    refuse = Filling.refuse

    def misplaced(self: Filling, error: Any, nodes: Any, path: Any) -> None:
        refuse(self, error, nodes, [each for each in path if isinstance(each, str)])

    patch.setattr(Filling, "refuse", misplaced)


def error_of_the_first_node_alone(patch: pytest.MonkeyPatch) -> None:
    refuse = Filling.refuse
    patch.setattr(Filling, "refuse", lambda self, error, nodes, path: refuse(self, error, nodes[:1], path))


def question_not_recorded(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Questions, "ask", lambda self, reader: self._request.read(reader))


def argument_of_the_first_request_reused(patch: pytest.MonkeyPatch) -> None:
    def reused(*given: Any) -> Any:
        read, known = arguments.arguments_reader(*given), list[Any]()

        def reader(request: Any) -> Any:
            known.append(read(request))
            return known[0]

        return reader

    for module in (edges, roots):
        patch.setattr(module, "arguments_reader", reused)


def filter_lost_in_the_total(patch: pytest.MonkeyPatch) -> None:
    demands, entry, narrowing = arguments.Narrowed.demands, _Page.entry, set[str]()

    def remembering(self: Any, *given: Any) -> list[str]:
        found = demands(self, *given)
        narrowing.update(found)
        return found

    def counting(self: _Page, connection: Any, selected: Any) -> tuple[str, bool]:
        kept = self._demands
        if selected.name == "totalCount":
            self._demands = [each for each in kept if each not in narrowing]
        try:
            return entry(self, connection, selected)
        finally:
            self._demands = kept

    patch.setattr(arguments.Narrowed, "demands", remembering)
    patch.setattr(_Page, "entry", counting)


def rows_among_others_not_asked_in_the_total(patch: pytest.MonkeyPatch) -> None:
    entry = _Page.entry

    def counting(self: _Page, connection: Any, selected: Any) -> tuple[str, bool]:
        kept = self._demands
        if selected.name == "totalCount":
            self._demands = [each for each in kept if not each.startswith("EXISTS ")]
        try:
            return entry(self, connection, selected)
        finally:
            self._demands = kept

    patch.setattr(_Page, "entry", counting)


def named_row_found_though_it_is_hidden(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(arguments.Narrowed, "_known", lambda *_: "1 = 1")


def rows_among_others_found_though_they_are_hidden(patch: pytest.MonkeyPatch) -> None:
    one_of_them = arguments.Narrowed._one_of_them

    def blind(self: Any, *given: Any) -> str:
        with pytest.MonkeyPatch.context() as inner:
            inner.setattr(Conditions, "visible", lambda *_: [])
            return one_of_them(self, *given)

    patch.setattr(arguments.Narrowed, "_one_of_them", blind)


def bounds_of_a_page_lost(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(pages, "beyond", lambda *_: "1 = 1")


def only_the_first_column_of_a_place_compared(patch: pytest.MonkeyPatch) -> None:
    beyond = arguments.beyond
    patch.setattr(pages, "beyond", lambda builder, order, *rest: beyond(builder, order[:1], *rest))


def page_too_short(patch: pytest.MonkeyPatch) -> None:
    def read_size(self: _Page) -> Any:
        if not hasattr(self, "_read_size"):
            asked = self._asked
            self._read_size = lambda request: max(0, request.read(asked)[0].size - 1)
        return self._read_size

    patch.setattr(_Page, "_size_reader", read_size)


def has_next_never_seen(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(_Page, "_limit_reader", lambda self: lambda request: request.read(self._asked)[0].size)


def order_not_turned_backwards(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(pages, "reverse", lambda order: order)


def cursor_of_another_column(patch: pytest.MonkeyPatch) -> None:
    spelled = _Page._spelled
    patch.setattr(_Page, "_spelled", lambda self, model, _name: spelled(self, model, "id"))


def null_is_false_in_a_negation(patch: pytest.MonkeyPatch) -> None:
    joined = conditions.joined

    def decided(parts: list[str], predicate: Any) -> str:
        text = joined(parts, predicate)
        return f"NOT coalesce({text.removeprefix('NOT ')}, FALSE)" if text.startswith("NOT ") else text

    patch.setattr(conditions, "joined", decided)


def null_is_among_nothing(patch: pytest.MonkeyPatch) -> None:
    among = Conditions._is_among

    def strict(self: Conditions, field: Any, at: str, operation: str, value: Any) -> str:
        return among(self, field, at, operation, value).replace(f" OR {at} IS NULL", "")

    patch.setattr(Conditions, "_is_among", strict)


def path_that_ends_early_never_fits(patch: pytest.MonkeyPatch) -> None:
    narrowed = Conditions.narrowed
    patch.setattr(Conditions, "narrowed", lambda self, *given, **_: narrowed(self, *given))


def what_is_known_outlives_its_guard(patch: pytest.MonkeyPatch) -> None:
    @contextmanager
    def assuming(self: Conditions, *given: Any) -> Iterator[None]:
        self.assume(*given)
        yield

    patch.setattr(Conditions, "assuming", assuming)


def known_of_one_known_of_all(patch: pytest.MonkeyPatch) -> None:
    begin = Conditions.__init__

    class Mixed(dict[str, frozenset[Given]]):
        def get(self, *_: Any) -> frozenset[Given]:
            return frozenset().union(*self.values())

    def mixed(self: Conditions, *given: Any) -> None:
        begin(self, *given)
        self._known = Mixed()

    patch.setattr(Conditions, "__init__", mixed)


def known_in_whatever_organization_hangs_on_it(patch: pytest.MonkeyPatch) -> None:
    expression = Edges.expression

    def inheriting(self: Edges, plan: Any, definition: Any, selected: Any, alias: str, table: Any) -> str:
        self._objects.conditions.inherit(f"t{self._builder.aliases + 1}", alias)
        return expression(self, plan, definition, selected, alias, table)

    patch.setattr(Edges, "expression", inheriting)


def joined_with_and_instead_of_or(patch: pytest.MonkeyPatch) -> None:
    joined = conditions.joined
    patch.setattr(conditions, "joined", lambda parts, predicate: joined(parts, predicate).replace(" OR ", " AND "))


def big_number_printed_as_a_number(patch: pytest.MonkeyPatch) -> None:
    for dialect in DIALECTS:
        leaf = dialect.leaf

        def plain(self: Dialect, shown: str, column: str, leaf: Any = leaf) -> str:
            return str(leaf(self, "Int" if shown == "BigInt" else shown, column))

        patch.setattr(dialect, "leaf", plain)


def amount_divided(patch: pytest.MonkeyPatch) -> None:
    """Dividing keeps sixteen digits: cents of large amounts are lost."""
    amounts: dict[type[Any], str] = {
        Postgresql: "(CAST(CAST({} AS DOUBLE PRECISION) / {} AS NUMERIC(40, {})))::text",
        Sqlite: "printf('%.{2}f', {0} / {1}.0)",
    }
    for dialect, written in amounts.items():
        spelled = dialect.spelled

        def divided(
            self: Any,
            kind: Kind,
            column: str,
            prefix: str = "",
            places: int = 2,
            was: Any = spelled,
            now: str = written,
        ) -> str:
            if kind is not Kind.AMOUNT:
                return str(was(self, kind, column, prefix, places))
            return str(self.text(now.format(column, 10**places, places)))

        patch.setattr(dialect, "spelled", divided)


def names_cut_without_a_word(patch: pytest.MonkeyPatch) -> None:
    """PostgreSQL alone cuts names."""
    patch.setattr(selecting, "LONGEST_KEY", 10_000)


def looked_up_without_the_arguments(patch: pytest.MonkeyPatch) -> None:
    want, fetched = Filling.want, Filling.fetched
    patch.setattr(Filling, "want", lambda self, plan, _, key: want(self, plan, None, key))
    patch.setattr(Filling, "fetched", lambda self, plan, _, key: fetched(self, plan, None, key))


def guard_of_an_answered_row_dropped(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(results, "guarded", lambda _guards, _nodes, show: show)


def plan_reused_whatever_is_answered_to_its_questions(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Questions, "are_answered_alike", lambda *_: True)


def plan_reused_for_another_type(patch: pytest.MonkeyPatch) -> None:
    shown = Plans.shown

    def mistaken(self: Plans, outcome: Outcome) -> Any:
        return shown(self, replace(outcome, kind=SimpleNamespace(name="any")))  # type: ignore[arg-type]  # a defect

    patch.setattr(Plans, "shown", mistaken)


def row_of_the_first_request_reused(patch: pytest.MonkeyPatch) -> None:
    key = results._key

    def reused(*given: Any) -> Any:
        return arguments.kept(key(*given))

    patch.setattr(results, "_key", reused)


def error_without_the_key_of_its_root(patch: pytest.MonkeyPatch) -> None:
    begin = Walk.__init__
    patch.setattr(Walk, "__init__", lambda self, statement, filling, *_: begin(self, statement, filling))


def row_without_a_value_shown_as_empty(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(results, "present", lambda show: show)


EVERYWHERE: tuple[Plant, ...] = (
    seen_dropped_at_an_edge,
    seen_dropped_at_an_entry,
    guard_of_a_type_dropped_at_an_edge,
    where_of_an_edge_dropped,
    guard_dropped,
    only_the_first_guard_asked,
    guard_asked_of_the_parent,
    whoever_asks_is_admitted,
    denied_value_not_replaced,
    error_without_its_place_in_a_list,
    error_of_the_first_node_alone,
    question_not_recorded,
    argument_of_the_first_request_reused,
    filter_lost_in_the_total,
    rows_among_others_not_asked_in_the_total,
    named_row_found_though_it_is_hidden,
    rows_among_others_found_though_they_are_hidden,
    bounds_of_a_page_lost,
    only_the_first_column_of_a_place_compared,
    page_too_short,
    has_next_never_seen,
    order_not_turned_backwards,
    cursor_of_another_column,
    null_is_false_in_a_negation,
    null_is_among_nothing,
    path_that_ends_early_never_fits,
    joined_with_and_instead_of_or,
    what_is_known_outlives_its_guard,
    known_of_one_known_of_all,
    known_in_whatever_organization_hangs_on_it,
    big_number_printed_as_a_number,
    amount_divided,
    looked_up_without_the_arguments,
)
IN_RESULTS: tuple[Plant, ...] = (
    seen_dropped_at_an_edge,
    seen_dropped_at_an_entry,
    guard_dropped,
    guard_of_an_answered_row_dropped,
    plan_reused_whatever_is_answered_to_its_questions,
    plan_reused_for_another_type,
    row_of_the_first_request_reused,
    argument_of_the_first_request_reused,
    error_without_the_key_of_its_root,
    row_without_a_value_shown_as_empty,
)
IN_POSTGRESQL: tuple[Plant, ...] = (names_cut_without_a_word,)
