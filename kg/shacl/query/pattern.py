"""Groups compiled to closures: which variable is known where, what may be told inward, and what must be kept apart.

Solutions are found by nested loops: a step tells the steps after it what it found. That equals joining what each group
gives by itself (SPARQL 1.1, section 18.5) except for the variables that :mod:`~kg.shacl.query.scope` calls sensitive;
those get slots of their own inside the group and are compared afterwards. Variables bound beforehand are never kept
apart: they hold in every group (SHACL, Appendix A).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from kg.shacl.query import algebra as a
from kg.shacl.query.bgp import Build, Place, Run, listed_step, node_step, ordered, star_step, triple_step
from kg.shacl.query.expression import Compiler
from kg.shacl.query.scope import certain, mentioned, possible, sensitive, sensitive_steps, variables
from kg.shacl.query.solution import Rows, selection
from kg.shacl.query.typed import Closure, Row
from kg.shacl.query.way import zero_length
from kg.shacl.shapes import Unsupported
from kg.shacl.view import View

__all__ = ["Plan", "Scope"]

_NONE: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Scope:
    """The variables' slots, and what is known of them where a step begins.

    ``told`` are bound beforehand or substituted by EXISTS: they hold in every group below. ``sure`` are bound for
    certain, ``maybe`` perhaps; ``doubtful`` are those of ``maybe`` that come from around an EXISTS. ``nodes`` surely
    stand for a subject or object of the graph.
    """

    slots: dict[str, int]
    told: frozenset[str] = _NONE
    sure: frozenset[str] = _NONE
    maybe: frozenset[str] = _NONE
    doubtful: frozenset[str] = _NONE
    nodes: frozenset[str] = _NONE

    def after(self, step: a.Step) -> Scope:
        """The scope once the step has matched."""
        return replace(self, sure=self.sure | certain(step), maybe=self.maybe | possible(step))

    def place(self, slot: a.Slot) -> Place:
        """Where a position of a triple pattern gets its term."""
        if not isinstance(slot, a.Var):
            return Place(slot)
        name = slot.name
        state = "full" if name in self.sure else "maybe" if name in self.maybe else "empty"
        return Place(None, self.slots[name], state)


def _chain(builds: Iterable[Build], then: Run) -> Run:
    for build in reversed(list(builds)):
        then = build(then)
    return then


def _found(_view: View, _row: Row) -> bool:
    return True


@dataclass(slots=True)
class Plan:
    """Compiles the patterns of one query; ``size`` is how many slots its rows have."""

    size: int = 0
    shared: dict[tuple[str, int], Closure] = field(default_factory=dict, repr=False)

    def slot(self) -> int:
        """A slot nobody else has."""
        self.size += 1
        return self.size - 1

    def scope(self, names: Iterable[str], told: frozenset[str]) -> Scope:
        """Slots for variables, of which ``told`` are bound beforehand."""
        slots = {name: self.slot() for name in sorted(frozenset(names) | told)}
        return Scope(slots, told, told, told)

    def compiler(self, scope: Scope) -> Compiler:
        """Compiles expressions that see this scope."""
        return Compiler(scope.slots, lambda group: self.exists(group, scope), self.shared)

    # ---- groups ------------------------------------------------------------------------------------------------------

    def group(self, group: a.Group, scope: Scope) -> tuple[list[Build], Scope]:
        """The steps of a group that may be told all the scope knows."""
        builds: list[Build] = []
        pending = list(group.filters)
        inside = _NONE.union(*map(possible, group.steps))
        pending = self.filters(pending, inside, scope, builds)
        own: frozenset[str] = _NONE
        for step in group.steps:
            if isinstance(step, a.Bgp):
                pending, scope = self.bgp(step, scope, pending, inside, builds)
            elif isinstance(step, a.Minus):
                builds.append(self.minus(step, scope, own))
            else:
                made, scope = self.step(step, scope)
                builds += made
                pending = self.filters(pending, inside, scope, builds)
            own |= possible(step)
        for expression in pending:
            builds.append(_filter(self.compiler(scope).compile(expression).truth()))
        return builds, scope

    def filters(
        self, pending: list[a.Expression], inside: frozenset[str], scope: Scope, builds: list[Build]
    ) -> list[a.Expression]:
        """Places the filters whose variables have their last word; gives those that must wait."""
        waiting: list[a.Expression] = []
        ready: list[a.Expression] = []
        for expression in pending:
            (ready if (variables(expression) & inside) <= scope.sure else waiting).append(expression)
        # What looks into the graph comes after what only compares.
        compiler = self.compiler(scope)
        builds += [_filter(compiler.compile(e).truth()) for e in sorted(ready, key=_looks)]
        return waiting

    def bgp(
        self, bgp: a.Bgp, scope: Scope, pending: list[a.Expression], inside: frozenset[str], builds: list[Build]
    ) -> tuple[list[a.Expression], Scope]:
        listed: dict[tuple[a.Slot, a.Slot], int] = {}
        for triple, names, star in ordered(bgp.triples, scope.sure):
            subject, object_ = scope.place(triple.subject), scope.place(triple.object)
            if star:
                found = [(predicate, self.slot()) for predicate in star]
                listed |= {(triple.subject, predicate): slot for predicate, slot in found}
                builds.append(star_step(subject, found))
            predicate = triple.predicate
            ends = {e.name for e in (triple.subject, triple.object) if isinstance(e, a.Var)}
            if isinstance(predicate, a.Link | a.Inverse | a.Sequence | a.Alternative | a.Repeat | a.Negated):
                if zero_length(predicate):
                    foreign = (ends & scope.maybe) - scope.told - scope.nodes
                    builds += [node_step(scope.slots[name]) for name in sorted(foreign)]
                builds.append(triple_step(subject, predicate, object_))
            elif (triple.subject, predicate) in listed and object_.state != "maybe":
                builds.append(listed_step(listed[triple.subject, predicate], object_))
            else:
                builds.append(triple_step(subject, scope.place(predicate), object_))
            scope = replace(scope, sure=scope.sure | names, maybe=scope.maybe | names, nodes=scope.nodes | ends)
            pending = self.filters(pending, inside, scope, builds)
        return pending, scope

    def step(self, step: a.Step, scope: Scope) -> tuple[list[Build], Scope]:
        match step:
            case a.Group():
                return self.nested(step, scope), scope.after(step)
            case a.Optional(group):
                return [self.optional(group, scope)], scope.after(step)
            case a.Union(groups):
                return [self.union(groups, scope)], scope.after(step)
            case a.Bind(var, value):
                return [self.bind(var, value, scope)], scope.after(step)
            case a.Values():
                return [_values(step, scope)], scope.after(step)
            case a.Select():
                return self.select(step, scope), scope.after(step)
        raise Unsupported(type(step).__name__)

    def nested(self, group: a.Group, scope: Scope) -> list[Build]:
        """A group within a group."""
        inner, apart = self.apart(scope, sensitive(group))
        builds, _ = self.group(group, inner)
        return [*builds, *_merge(apart)]

    def apart(self, scope: Scope, kept: frozenset[str]) -> tuple[Scope, list[tuple[int, int]]]:
        """The scope without what is known of the variables to keep apart, and their (outer, inner) slots."""
        kept &= (scope.sure | scope.maybe) - scope.told
        if not kept:
            return scope, []
        if kept & scope.doubtful:
            raise Unsupported("an EXISTS whose inner group sees a variable that may be unbound")
        fresh = {name: self.slot() for name in sorted(kept)}
        inner = replace(
            scope, slots=scope.slots | fresh, sure=scope.sure - kept, maybe=scope.maybe - kept, nodes=scope.nodes - kept
        )
        return inner, [(scope.slots[name], slot) for name, slot in fresh.items()]

    def optional(self, group: a.Group, scope: Scope) -> Build:
        kept, _ = sensitive_steps(group)
        inner, apart = self.apart(scope, kept)
        if apart:
            builds, _ = self.group(replace(group, filters=()), inner)
            builds += _merge(apart)
            merged = scope.after(group)
            builds += [_filter(self.compiler(merged).compile(e).truth()) for e in group.filters]
        else:
            builds, _ = self.group(group, scope)
        flag = self.slot()

        def build(then: Run) -> Run:
            def matched(view: View, row: Row) -> bool:
                row[flag] = True
                return then(view, row)

            inside = _chain(builds, matched)

            def run(view: View, row: Row) -> bool:
                row[flag] = False
                if inside(view, row):
                    return True
                return False if row[flag] else then(view, row)

            return run

        return build

    def union(self, groups: tuple[a.Group, ...], scope: Scope) -> Build:
        branches = [self.nested(group, scope) for group in groups]

        def build(then: Run) -> Run:
            runs = [_chain(builds, then) for builds in branches]

            def run(view: View, row: Row) -> bool:
                # A loop, because a generator for any() costs more than most branches do.
                for each in runs:  # noqa: SIM110
                    if each(view, row):
                        return True
                return False

            return run

        return build

    def bind(self, var: a.Var, value: a.Expression, scope: Scope) -> Build:
        compute = self.compiler(scope).compile(value).term()
        slot = scope.slots[var.name]
        filled = var.name in scope.sure or var.name in scope.maybe

        def build(then: Run) -> Run:
            def run(view: View, row: Row) -> bool:
                term = compute(view, row)
                before = row[slot] if filled else None
                if before is not None:
                    return (term is None or term == before) and then(view, row)
                row[slot] = term
                stop = then(view, row)
                row[slot] = None
                return stop

            return run

        return build

    def minus(self, step: a.Minus, scope: Scope, own: frozenset[str]) -> Build:
        """Each solution but those that agree with one of the group on a variable of both (section 18.5)."""
        names = sorted(mentioned(step.group) - scope.told)
        inner = self.scope(names, _NONE)
        inner = replace(
            inner, slots=inner.slots | {n: scope.slots[n] for n in scope.told}, told=scope.told,
            sure=scope.told, maybe=scope.told,
        )  # fmt: skip
        builds, _ = self.group(step.group, inner)
        shared = sorted((possible(step.group) & own) - scope.told)
        pairs = [(scope.slots[n], inner.slots[n]) for n in shared]
        cache = self.slot()

        def keep(_view: View, row: Row) -> bool:
            row[cache][tuple(row[slot] for _, slot in pairs)] = None
            return False

        inside = _chain(builds, keep)

        def build(then: Run) -> Run:
            def run(view: View, row: Row) -> bool:
                if row[cache] is None:
                    row[cache] = {}
                    inside(view, row)
                mine = tuple(row[slot] for slot, _ in pairs)
                if None not in mine and mine in row[cache] and mine:
                    return False
                for other in row[cache]:
                    both = [(x, y) for x, y in zip(mine, other, strict=True) if x is not None and y is not None]
                    if both and all(x == y for x, y in both):
                        return False
                return then(view, row)

            return run

        return build

    # ---- EXISTS and sub-SELECT ---------------------------------------------------------------------------------------

    def exists(self, group: a.Group, scope: Scope) -> Closure:
        """Whether the pattern has a solution with the row's terms in place of its variables (section 18.6)."""
        missing = mentioned(group) - scope.slots.keys()
        inner = replace(
            scope,
            slots=scope.slots | {name: self.slot() for name in sorted(missing)},
            told=scope.told | scope.sure,
            doubtful=scope.doubtful | (scope.maybe - scope.sure),
        )
        builds, _ = self.group(group, inner)
        return _chain(builds, _found)

    def select(self, step: a.Select, scope: Scope) -> list[Build]:
        """A sub-SELECT: its rows are computed once, or for each solution when it may be told something."""
        shown = frozenset(step.variables)
        told = scope.told & shown
        tell = (scope.sure & shown) - sensitive(step) - told
        rows = self.rows(step, scope, told, tell)
        outer = [(scope.slots[name], i) for i, name in enumerate(step.variables)]
        cache = None if tell else self.slot()

        def build(then: Run) -> Run:
            def run(view: View, row: Row) -> bool:
                if cache is None:
                    found = rows(view, row)
                else:
                    if row[cache] is None:
                        row[cache] = rows(view, row)
                    found = row[cache]
                return any(_joined(view, row, values, outer, then) for values in found)

            return run

        return [build]

    def rows(self, step: a.Select, scope: Scope | None, told: frozenset[str], tell: frozenset[str]) -> Rows:
        """The rows of a selection, in slots of its own except for what it is told."""
        names = mentioned(step.group) | {var.name for var, _ in (*step.items, *(step.keys or ()), *step.aggregates)}
        for expression in (*(value for _, value in step.items), *step.having, *(o.value for o in step.order)):
            names |= variables(expression)
        known = told | tell
        inner = self.scope(names - known, _NONE)
        given = {name: scope.slots[name] for name in known} if scope else {}
        inner = replace(inner, slots=inner.slots | given, told=told, sure=known, maybe=known)
        builds, after = self.group(step.group, inner)
        out = self.slot()
        return selection(step, inner.slots, self.compiler(after), lambda then: _chain(builds, then), out)


def _looks(expression: a.Expression) -> bool:
    """Whether an expression contains EXISTS."""
    match expression:
        case a.Exists():
            return True
        case a.Call(_, args):
            return any(map(_looks, args))
    return False


def _filter(test: Closure) -> Build:
    def build(then: Run) -> Run:
        def run(view: View, row: Row) -> bool:
            return then(view, row) if test(view, row) else False

        return run

    return build


def _joined(view: View, row: Row, values: Sequence[object], outer: list[tuple[int, int]], then: Run) -> bool:
    """Goes on with the values beside what the row has, where they agree."""
    filled = []
    stop = agree = True
    for slot, i in outer:
        value = values[i]
        if value is None:
            continue
        before = row[slot]
        if before is None:
            row[slot] = value
            filled.append(slot)
        elif before != value:
            agree = False
            break
    stop = agree and then(view, row)
    for slot in filled:
        row[slot] = None
    return stop


def _merge(apart: list[tuple[int, int]]) -> list[Build]:
    """Takes over what a group found for variables that were kept apart, where it agrees with what is known outside."""
    if not apart:
        return []

    def build(then: Run) -> Run:
        def run(view: View, row: Row) -> bool:
            return _joined(view, row, row, apart, then)

        return run

    return [build]


def _values(step: a.Values, scope: Scope) -> Build:
    outer = [(scope.slots[var.name], i) for i, var in enumerate(step.variables)]

    def build(then: Run) -> Run:
        def run(view: View, row: Row) -> bool:
            return any(_joined(view, row, values, outer, then) for values in step.rows)

        return run

    return build
