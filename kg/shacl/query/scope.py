"""Which variables a pattern mentions, may bind and surely binds, and which it must not be told from outside.

SPARQL evaluates a group by itself and joins what it gives (section 18.5). Telling a group beforehand what is already
known about a variable gives the same solutions, and fewer to look at, unless the variable is *sensitive* there: a
filter, BIND or OPTIONAL of the group would see a value that it cannot see by itself.
"""

from __future__ import annotations

from kg.shacl.query import algebra as a

__all__ = ["certain", "mentioned", "possible", "sensitive", "sensitive_steps", "variables"]

_NONE: frozenset[str] = frozenset()


def variables(expression: a.Expression | None) -> frozenset[str]:
    """The variables an expression mentions, in the patterns of its EXISTS too."""
    match expression:
        case a.Var(name):
            return frozenset({name})
        case a.Call(_, args):
            return _NONE.union(*map(variables, args))
        case a.Exists(group):
            return mentioned(group)
        case a.Aggregate(_, _, arg, _):
            return variables(arg)
    return _NONE


def mentioned(step: a.Step) -> frozenset[str]:
    """Every variable in a pattern, those a sub-SELECT keeps to itself left out."""
    match step:
        case a.Bgp(triples):
            return frozenset(
                v.name for t in triples for v in (t.subject, t.predicate, t.object) if isinstance(v, a.Var)
            )
        case a.Optional(group) | a.Minus(group):
            return mentioned(group)
        case a.Bind(var, value):
            return variables(value) | {var.name}
        case a.Union(groups):
            return _NONE.union(*map(mentioned, groups))
        case a.Values(names, _):
            return frozenset(v.name for v in names)
        case a.Group(steps, filters):
            return _NONE.union(*map(mentioned, steps), *map(variables, filters))
        case a.Select():
            return frozenset(step.variables)


def possible(step: a.Step) -> frozenset[str]:
    """The variables in scope: those a solution of the pattern may bind (section 18.2.1)."""
    match step:
        case a.Optional(group):
            return possible(group)
        case a.Minus():
            return _NONE
        case a.Bind(var, _):
            return frozenset({var.name})
        case a.Union(groups):
            return _NONE.union(*map(possible, groups))
        case a.Group(steps, _):
            return _NONE.union(*map(possible, steps))
    return mentioned(step)


def certain(step: a.Step) -> frozenset[str]:
    """The variables that every solution of the pattern binds."""
    match step:
        case a.Bgp():
            return mentioned(step)
        case a.Union(groups):
            first, *rest = map(certain, groups)
            return first.intersection(*rest)
        case a.Values(names, rows):
            return frozenset(v.name for i, v in enumerate(names) if all(row[i] is not None for row in rows))
        case a.Group(steps, _):
            return _NONE.union(*map(certain, steps))
        case a.Select():
            inside = certain(step.group)
            if step.keys is not None:
                inside &= frozenset(var.name for var, value in step.keys if value is None)
            return frozenset(var.name for var, value in step.items if value is None and var.name in inside)
    return _NONE


def sensitive(step: a.Step) -> frozenset[str]:
    """The variables about which the pattern must not be told what is known outside of it."""
    match step:
        case a.Union(groups):
            return _NONE.union(*map(sensitive, groups))
        case a.Group(_, filters):
            found, sure = sensitive_steps(step)
            return found.union(*map(variables, filters)) - sure | found
        case a.Select():
            inside = sensitive(step.group)
            shown = frozenset(step.variables)
            if step.limit is not None or step.offset:
                return shown
            told = frozenset(var.name for var, value in step.items if value is None) - inside
            if step.keys is not None:
                told &= frozenset(var.name for var, value in step.keys if value is None) & certain(step.group)
            # An ungrouped aggregate, HAVING and an expression see variables by their own values only.
            for _, value in step.items:
                told -= variables(value) - certain(step.group)
            return shown - told
    return _NONE


def sensitive_steps(group: a.Group) -> tuple[frozenset[str], frozenset[str]]:
    """What is sensitive in a group its filters left out, and what its steps surely bind."""
    found = sure = maybe = _NONE
    for step in group.steps:
        match step:
            case a.Optional(inner):
                within, _ = sensitive_steps(inner)
                found |= within.union(possible(inner), *map(variables, inner.filters)) - sure
            case a.Bind(_, value):
                found |= variables(value) - sure
            case a.Minus():
                pass
            case _:
                found |= sensitive(step) - maybe
        sure |= certain(step)
        maybe |= possible(step)
    return found, sure
