"""What a result says to people: what is wrong, and a sentence on how to put it right.

Messages of our own shapes have the form ``CODE problem; what to do``. For every other message, and for shapes without
one, the words follow from the constraint component (SHACL, section 4).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from kg.shacl.shapes import code_of

__all__ = ["COMPONENTS", "Wording", "printable", "wording"]


@dataclass(frozen=True, slots=True)
class Wording:
    """``problem`` begins in lower case and has no full stop; ``fix`` is a whole sentence."""

    problem: str
    fix: str


#: Component → (what is wrong, what to do). ``Property`` reports nothing of its own but may come from other validators.
COMPONENTS: dict[str, tuple[str, str]] = {
    "And": (
        "not all of the required shapes are fulfilled",
        "Look at each shape in the sh:and list, and change the node so that it conforms to all of them.",
    ),
    "Class": (
        "the value is not an instance of the required class",
        "Give the value an rdf:type of that class, or link to a thing of that class.",
    ),
    "Closed": (
        "the property is not among those the shape allows",
        "Remove the statement, correct the property's spelling, or add the property to the shape.",
    ),
    "Datatype": (
        "the value is not a valid literal of the required datatype",
        "Write the value as a literal of that datatype, in a form that the datatype allows.",
    ),
    "Disjoint": (
        "the value also stands under a property that must not share values with this one",
        "Remove the value from one of the two properties.",
    ),
    "Equals": (
        "the two properties do not have the same values",
        "Add the missing value to the other property, or remove it from this one.",
    ),
    "Expression": (
        "the expression is not true for the value",
        "Read the shape's expression, and change the value so that it holds.",
    ),
    "HasValue": ("the required value is not among the values", "Add the value that the shape asks for."),
    "In": (
        "the value is none of the allowed ones",
        "Use one of the values in the shape's sh:in list; check spelling, datatype and language tag.",
    ),
    "JS": ("the script's condition is not fulfilled", "Read the shape's script, and change the data so that it holds."),
    "LanguageIn": (
        "the value has none of the allowed languages",
        "Give the literal one of the allowed language tags, or remove it.",
    ),
    "LessThan": (
        "the value is not less than the value of the other property",
        "Correct one of the two values; both need comparable datatypes.",
    ),
    "LessThanOrEquals": (
        "the value is greater than the value of the other property",
        "Correct one of the two values; both need comparable datatypes.",
    ),
    "MaxCount": ("there are too many values", "Remove values until no more are left than the shape allows."),
    "MaxExclusive": ("the value is too large", "Give a smaller value, in a datatype that can be compared."),
    "MaxInclusive": ("the value is too large", "Give a smaller value, in a datatype that can be compared."),
    "MaxLength": ("the value is too long, or a blank node", "Shorten the value."),
    "MinCount": ("a value is missing", "Add the missing value, or remove what makes the node a target of the shape."),
    "MinExclusive": ("the value is too small", "Give a larger value, in a datatype that can be compared."),
    "MinInclusive": ("the value is too small", "Give a larger value, in a datatype that can be compared."),
    "MinLength": ("the value is too short, or a blank node", "Give a longer value."),
    "Node": (
        "the value does not conform to the required shape",
        "Look at what the shape in sh:node asks of the value, and complete the value's own description.",
    ),
    "NodeKind": (
        "the value is of the wrong kind (IRI, blank node or literal)",
        "Link to a node where a node is asked for, and write a literal where a literal is.",
    ),
    "Not": (
        "the value conforms to a shape that it must not conform to",
        "Change or remove what makes the value conform to the shape in sh:not.",
    ),
    "Or": (
        "none of the alternative shapes is fulfilled",
        "Change the node so that it conforms to at least one shape in the sh:or list.",
    ),
    "Pattern": (
        "the value does not match the required pattern, or is a blank node",
        "Write the value in the form that the pattern describes.",
    ),
    "Property": (
        "the value does not conform to the property shape",
        "Look at what the property shape asks of the value, and correct the value.",
    ),
    "QualifiedMaxCount": (
        "too many values conform to the qualified shape",
        "Remove or change values until no more of them conform than the shape allows.",
    ),
    "QualifiedMinCount": (
        "too few values conform to the qualified shape",
        "Add values that conform to the qualified shape, or complete the ones that are there.",
    ),
    "SPARQL": (
        "the shape's query finds fault with the node",
        "Read the shape's query, and change the data so that it has no solution for this node.",
    ),
    "UniqueLang": ("several values have the same language", "Keep one value for each language tag."),
    "Xone": (
        "not exactly one of the alternative shapes is fulfilled",
        "Change the node so that it conforms to one shape in the sh:xone list and to no other.",
    ),
}

_CUSTOM = (
    "a constraint of the shapes' own is not fulfilled",
    "Read what the component {component} asks for, and change the data so that it holds.",
)
_DEFAULT = re.compile(r"\S+ is not fulfilled \((.*)\)", re.DOTALL)


def wording(message: str, component: str) -> Wording:
    """The problem and the fix that a result's message and component give.

    >>> wording("A1 the headline is missing; give exactly one", "MinCount")
    Wording(problem='the headline is missing', fix='Give exactly one.')
    """
    problem, fix = COMPONENTS.get(component) or (_CUSTOM[0], _CUSTOM[1].format(component=component or "of the shape"))
    code = code_of(message)
    default = _DEFAULT.fullmatch(message)
    if default is not None:
        return Wording(f"{problem} ({printable(default[1])})", fix)
    if code is None:
        return Wording(printable(message).strip() or problem, fix)
    said, own = _halves(printable(message[len(code) :]).strip())
    return Wording(said or problem, _sentence(own) if own else fix)


def printable(text: str) -> str:
    """The text without control and direction characters, which could forge lines of a log."""
    return "".join(c if c.isprintable() else " " for c in text)


def _halves(text: str) -> tuple[str, str]:
    """What stands before and after the first semicolon that is in no parentheses."""
    depth = 0
    for at, character in enumerate(text):
        depth += (character == "(") - (character == ")")
        if character == ";" and depth <= 0:
            return text[:at].strip(), text[at + 1 :].strip()
    return text, ""


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:] + ("" if text.endswith((".", "!", "?")) else ".")
