"""Triples, property paths, reified triples and annotations of SPARQL 1.2."""

from __future__ import annotations

from kg.queries.cursor import IRIS, node
from kg.queries.expressions import TERM, Expressions
from kg.queries.tree import Node

__all__ = ["NODE", "Triples"]

#: What begins a node of a graph.
NODE = TERM | {"(", "[", "<<", "<<("}
_VERB = IRIS | {"Var", "a"}
_PATH = IRIS | {"Var", "a", "^", "!", "("}


class Triples(Expressions):
    """Reads triples. ``path`` is whether paths are allowed: in patterns, not in templates and data."""

    __slots__ = ()

    def triples(self, *, path: bool) -> Node:
        """A TriplesBlock or TriplesTemplate: triples with dots between them."""
        parts = [self.same_subject(path=path)]
        while self.kind == ".":
            parts.append(self.take())
            if self.kind not in NODE:
                break
            parts.append(self.same_subject(path=path))
        return node("TriplesBlock" if path else "TriplesTemplate", parts)

    def same_subject(self, *, path: bool) -> Node:
        """A subject with its properties, which a node that already stands for triples may do without."""
        whole = self.kind in ("(", "[", "<<")
        parts = [self.graph_node(path=path)]
        if parts[0].kind in ("NIL", "ANON"):
            whole = False
        if not whole or self.kind in (_PATH if path else _VERB):
            parts.append(self.properties(path=path))
        return node("TriplesSameSubjectPath" if path else "TriplesSameSubject", parts)

    def properties(self, *, path: bool) -> Node:
        """Verbs, each with its objects."""
        parts: list[Node] = []
        while True:
            parts.append(self.path() if path and self.kind != "Var" else self.verb())
            parts.append(self._objects(path=path))
            while self.kind == ";":
                parts.append(self.take())
            if parts[-1].kind != ";" or self.kind not in (_PATH if path else _VERB):
                return node("PropertyListPathNotEmpty" if path else "PropertyListNotEmpty", parts)

    def _objects(self, *, path: bool) -> Node:
        parts = [self._object(path=path)]
        while self.kind == ",":
            parts += (self.take(), self._object(path=path))
        return node("ObjectListPath" if path else "ObjectList", parts)

    def _object(self, *, path: bool) -> Node:
        parts = [self.graph_node(path=path)]
        while self.kind in ("~", "{|"):
            if self.kind == "~":
                parts.append(self._reifier())
            else:
                block = [self.open("{|"), self.properties(path=path), self.close("|}")]
                parts.append(node("AnnotationBlockPath" if path else "AnnotationBlock", block))
        return parts[0] if len(parts) == 1 else node("ObjectPath" if path else "Object", parts)

    def _reifier(self) -> Node:
        parts = [self.needed("~")]
        if self.kind in IRIS or self.kind in ("Var", "BLANK_NODE_LABEL"):
            parts.append(self.term())
        elif self.kind == "[":
            parts.append(self._anonymous())
        return node("Reifier", parts)

    def graph_node(self, *, path: bool) -> Node:
        """A term, a list, a blank node with properties, a triple term or a reified triple."""
        kind = self.kind
        if kind == "(":
            parts = [self.open("(")]
            while self.kind != ")":
                parts.append(self.graph_node(path=path))
            parts.append(self.close(")"))
            return node("NIL" if len(parts) == 2 else "CollectionPath" if path else "Collection", parts)
        if kind == "[":
            parts = [self.open("[")]
            if self.kind != "]":
                parts.append(self.properties(path=path))
            parts.append(self.close("]"))
            if len(parts) == 2:
                return node("ANON", parts)
            return node("BlankNodePropertyListPath" if path else "BlankNodePropertyList", parts)
        if kind == "<<(":
            return self.triple_term()
        if kind == "<<":
            return self._reified()
        return self.term()

    def _reified(self) -> Node:
        parts = [self.open("<<"), self._part(), self.verb(), self._part()]
        if self.kind == "~":
            parts.append(self._reifier())
        return node("ReifiedTriple", [*parts, self.close(">>")])

    def _part(self) -> Node:
        """A subject or object in a triple."""
        if self.kind == "<<":
            return self._reified()
        if self.kind == "<<(":
            return self.triple_term()
        return self._anonymous() if self.kind == "[" else self.term()

    def _anonymous(self) -> Node:
        return node("ANON", [self.open("["), self.close("]")])

    def triple_term(self) -> Node:
        """``<<( s p o )>>``, of terms, variables or data."""
        return node("TripleTerm", [self.open("<<("), self._part(), self.verb(), self._part(), self.close(")>>")])

    # ---- property paths ----------------------------------------------------------------------------------------

    def path(self) -> Node:
        """A path; one of a single IRI is that IRI."""
        parts = [self._sequence()]
        while self.kind == "|":
            parts += (self.take(), self._sequence())
        return parts[0] if len(parts) == 1 else node("PathAlternative", parts)

    def _sequence(self) -> Node:
        parts = [self._element()]
        while self.kind == "/":
            parts += (self.take(), self._element())
        return parts[0] if len(parts) == 1 else node("PathSequence", parts)

    def _element(self) -> Node:
        inverse = self.maybe("^")
        primary = self._path_primary()
        if self.kind in ("?", "*", "+"):
            primary = node("PathElt", [primary, self.take()])
        return node("PathEltOrInverse", [*inverse, primary]) if inverse else primary

    def _path_primary(self) -> Node:
        if self.kind == "a":
            return self.take()
        if self.kind == "(":
            return node("PathPrimary", [self.open("("), self.path(), self.close(")")])
        if self.kind != "!":
            return self.iri()
        parts = [self.take()]
        if self.kind != "(":
            return node("PathPrimary", [*parts, self._one_in_set()])
        inner = [self.open("(")]
        while self.kind != ")":
            inner.append(self._one_in_set())
            if self.kind != "|":
                break
            inner.append(self.take())
        return node("PathPrimary", [*parts, node("PathNegatedPropertySet", [*inner, self.close(")")])])

    def _one_in_set(self) -> Node:
        inverse = self.maybe("^")
        one = self.take() if self.kind == "a" else self.iri()
        return node("PathOneInPropertySet", [*inverse, one]) if inverse else one
