"""The terms of SHACL, and those in its namespace that are none."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from kg.errors import ConfigError
from kg.shacl.source import SOUGHT, words
from kg.shacl.view import Node
from kg.vocab import RDF, SH

if TYPE_CHECKING:
    from kg.shacl.shapes import ShapesGraph

__all__ = ["misspelt"]

#: The terms a shape may carry (SHACL, sections 2 to 6); anything else in the sh: namespace is a misspelling.
_TERMS = words(
    """and class closed datatype deactivated defaultValue description disjoint equals flags group hasValue
    ignoredProperties in languageIn lessThan lessThanOrEquals maxCount maxExclusive maxInclusive maxLength message
    minCount minExclusive minInclusive minLength name node nodeKind not optional or order path pattern property
    qualifiedMaxCount qualifiedMinCount qualifiedValueShape qualifiedValueShapesDisjoint rule severity shapesGraph
    sparql target targetClass targetNode targetObjectsOf targetSubjectsOf uniqueLang xone expression values js
    entailment suggestedShapesGraph declare"""
)
_ELSEWHERE = words(
    """alternativePath inversePath oneOrMorePath zeroOrMorePath zeroOrOnePath
    prefix namespace prefixes select ask construct update parameter labelTemplate nodeValidator propertyValidator
    validator condition subject predicate object filterShape nodes intersection union returnType jsFunctionName
    jsLibrary jsLibraryURL resultAnnotation annotationProperty annotationValue annotationVarName propertyShape
    conforms result detail focusNode resultMessage resultPath resultSeverity sourceConstraint
    sourceConstraintComponent sourceShape value"""
)
_KNOWN = _TERMS | _ELSEWHERE
_LEADS = (SH.node, SH["not"], SH.property, SH.qualifiedValueShape, SH.sparql)


def misspelt(shapes: ShapesGraph) -> list[ConfigError]:
    """What shapes carry from SHACL's namespace that is no term of SHACL, and property shapes without a path."""
    terms = {t.predicate for t in shapes.triples}
    none = {p for p in terms if p.value.startswith(SH.iri) and p.value[len(SH.iri) :] not in _KNOWN}
    odd = [t for t in shapes.triples if t.predicate in none] if none else []
    meant = {node for node in {t.subject for t in odd} if _is_shape(shapes, node)}
    wrong = (t for t in odd if t.subject in meant)
    errors = []
    for t in islice(wrong, SOUGHT):
        name = t.predicate.value[len(SH.iri) :]
        reason = f"sh:{name} is no term of SHACL; correct its spelling or remove it"
        errors.append(shapes.broken(t.subject, reason, term=name))
    bare = ((node, inner) for node, inner in shapes.view.pairs(SH.property) if not shapes.objects(inner, "path"))
    for node, inner in islice(bare, SOUGHT):
        reason = "sh:property points to a shape without sh:path; give it one"
        errors.append(shapes.broken(inner, reason, inside=node))
    return errors


def _is_shape(shapes: ShapesGraph, node: Node) -> bool:
    """Whether a node is meant as a shape: by its terms, its type or what points to it; parameters are not."""
    if any(True for _ in shapes.view.subjects(SH.parameter, node)):
        return False
    terms = {p.value[len(SH.iri) :] for p in shapes.view.row(node) if p in SH}
    typed = any(c in SH for c in shapes.view.objects(node, RDF.type))
    return (
        typed or not terms.isdisjoint(_TERMS) or any(True for lead in _LEADS for _ in shapes.view.subjects(lead, node))
    )
