"""RDF terms as a query writes them (SPARQL 1.1, section 4.1)."""

from __future__ import annotations

import re
from dataclasses import dataclass

from pyoxigraph import Literal, NamedNode, QuerySolutions, Store, Variable

from kg.queries.syntax import Branch
from kg.shacl.shapes import Unsupported
from kg.shacl.view import Node
from kg.vocab import RDF, XSD

__all__ = ["Terms", "resolved"]

_ESCAPE = re.compile(r"\\(.)", re.DOTALL)
_CHARACTER = {"t": "\t", "b": "\b", "n": "\n", "r": "\r", "f": "\f"}
_NUMBER = {"integer": XSD.integer, "decimal": XSD.decimal, "double": XSD.double}


@dataclass(frozen=True, slots=True)
class Terms:
    """The prologue a query's names are read with."""

    prefixes: dict[str, str]
    base: str | None

    @classmethod
    def of(cls, prologue: Branch | None) -> Terms:
        """The prefixes and base of a prologue, each counting from where it stands."""
        prefixes: dict[str, str] = {}
        base: str | None = None
        for part in prologue.named() if prologue else ():
            names = cls(prefixes, base)
            if part.kind == "prefix_declaration":
                name, iri = part.named()
                prefixes[name.text.rstrip(":").strip()] = names.iri(iri).value
            elif part.kind == "base_declaration":
                base = names.iri(part.named()[0]).value
            else:
                raise Unsupported(part.kind)
        return cls(prefixes, base)

    def iri(self, branch: Branch) -> NamedNode:
        """The IRI a name or reference stands for."""
        if branch.kind == "iri_reference":
            text = branch.text[1:-1]
            found = NamedNode(text) if self.base is None else resolved(text, self.base)
            if found is None:
                raise Unsupported(f"the IRI <{text}>")
            return found
        if branch.kind != "prefixed_name":
            raise Unsupported(branch.kind)
        prefix, _, local = branch.text.partition(":")
        if prefix not in self.prefixes:
            raise Unsupported(f"the prefix {prefix}:, which is not declared")
        return NamedNode(self.prefixes[prefix] + _ESCAPE.sub(r"\1", local))

    def text(self, branch: Branch) -> str:
        """The characters of a string literal."""
        quotes = 3 if branch.text.startswith(('"""', "'''")) else 1
        return _ESCAPE.sub(lambda found: _CHARACTER.get(found[1], found[1]), branch.text[quotes:-quotes])

    def term(self, branch: Branch) -> Node:
        """The IRI or literal a branch is."""
        if branch.kind in ("iri_reference", "prefixed_name"):
            return self.iri(branch)
        if branch.kind in _NUMBER:
            return Literal(branch.text, datatype=_NUMBER[branch.kind])
        if branch.kind == "boolean_literal":
            return Literal(branch.text, datatype=XSD.boolean)
        if branch.kind == "nil":
            return RDF.nil
        if branch.kind == "rdf_literal":
            string, tag = branch.first("string"), branch.first("lang_tag")
            datatype = next((b for b in branch.named() if b.field == "datatype"), None)
            if string is None:
                raise Unsupported("a literal")
            text = self.text(string)
            if tag is not None:
                if "--" in tag.text:
                    raise Unsupported("a base direction")
                return Literal(text, language=tag.text[1:])
            return Literal(text) if datatype is None else Literal(text, datatype=self.iri(datatype))
        raise Unsupported(branch.kind)


def resolved(text: str, base: str) -> NamedNode | None:
    """The reference against the base (RFC 3986, section 5), as Oxigraph resolves it; None when it is no IRI."""
    answer = Store().query(
        f"BASE <{base}> SELECT ?text (IRI(?text) AS ?iri) WHERE {{}}", substitutions={Variable("text"): Literal(text)}
    )
    assert isinstance(answer, QuerySolutions)
    found = next(answer)["iri"]
    return found if isinstance(found, NamedNode) else None
