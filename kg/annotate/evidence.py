"""What speaks for a name's class: evidence, and what a name's own words and the authority give of it.

Every piece of evidence is a feature, a short text that the table ``weights`` gives a weight for each kind, and, where
it tells more than the kind, a schema.org class with the strength it speaks for that class.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from kg.annotate.lexicon import groups, mapping, table
from kg.annotate.page import Page
from kg.annotate.runs import Draft
from kg.annotate.shape import features, given, plain_word, surname
from kg.authority import kind_of

__all__ = ["Evidence", "inside", "sporting"]

#: A feature, and the class it speaks for with what strength; an empty class when it tells a kind at most.
Evidence = tuple[str, str, float]

_DOMAINS: Final = (".com", ".org", ".net", ".co.uk", ".gov", ".edu", ".info", ".io", ".tv")
_FAMOUS: Final = mapping("famous")
_HEADS: Final = mapping("heads")
_COMPASS: Final = groups("beside")["compass"]
_SPORT: Final = frozenset(form for word in table("sport") for form in (word, word.capitalize(), word.upper()))
#: So many different words of sport make a text one about sport, where towns are teams.
_SPORTING: Final = 4


def sporting(page: Page) -> bool:
    """Whether a text is about sport."""
    return len(_SPORT.intersection(page.tokens.words)) >= _SPORTING


def inside(page: Page, draft: Draft, *, sport: bool) -> Iterator[Evidence]:
    """The evidence of a name's own words: the same wherever the name stands."""
    words = page.tokens.words[draft.first : draft.last]
    known = page.known.get(draft.first)
    famous = _FAMOUS.get(" ".join(words).lower().replace("’", "'"))
    if famous is not None:
        yield f"famous {kind_of(famous)}", famous, 4.0
        return
    if draft.form == "demonym" and known is not None:
        yield "demonym", known.candidates[0].types[0], 4.0
        return
    if known is not None and known.last < draft.last:
        named = known.last == draft.first + 1 and given(words[0]) == "G"  # Jordan Low
        kind = "name" if named else "demonym" if known.demonym else kind_of(known.candidates[0].types[0])
        yield f"starts {kind}", "", 0.0
        if words[-1].endswith("s") and draft.head is None and not named:
            yield "starts known, plural", "", 0.0
    elif known is None:
        for at in range(draft.first + 1, draft.last):
            inner = page.known.get(at)
            if inner is not None and inner.last == draft.last:
                if at == draft.last - 1 and surname(words[-1]):
                    yield "holds surname", "", 0.0
                    continue
                yield f"holds {kind_of(inner.candidates[0].types[0])}", "", 0.0
                if words[0].lower() in _COMPASS and at == draft.first + 1:
                    yield "compass", "", 0.0
    if draft.head is None and len(words) > 1 and words[-1].endswith("s") and plain_word(words[-1]):
        yield ("surname in s" if given(words[0]) == "G" and surname(words[-1]) else "plural"), "", 0.0
    head = _head(words, draft, sport=sport)
    if head == "Place" and words[-1] == "State" and known is not None and words[0] not in ("Washington", "New"):
        head = "CollegeOrUniversity"  # Ohio State
    if head is not None:
        yield f"head {head}", head, 3.0
        yield f"head {kind_of(head) or 'Thing'}", "", 0.0
    elif known is not None and known.last == draft.last:
        kinds = sorted({kind_of(one.types[0]) or "Thing" for one in known.candidates})
        yield f"known {' '.join(kinds)}{' sport' if sport else ''}", "", 0.0
        for row in known.candidates:
            yield "", row.types[0], 4.0 * row.prior + (1.0 if row is known.only else 0.0)
        for one in features(words):
            if one.startswith(("name ", "one ", "capitals")):
                yield f"known, {one}", "", 0.0
        return
    elif sport:
        yield f"sport {len(words) if len(words) < 3 else 3}", "", 0.0
    if len(words) == 1 and (alone := _HEADS.get(words[0].lower())) is not None:
        yield f"alone {kind_of(alone)}", alone, 1.0
    if len(words) == 1 and words[0].endswith(_DOMAINS):
        yield "domain", "WebSite", 2.0
    for one in features(words):
        yield one, "", 0.0


def _head(words: Sequence[str], draft: Draft, *, sport: bool) -> str | None:
    """The class of the name's head: of its last two words before its last (*News Service*), and as its text allows."""
    if draft.head is None or draft.title is not None:
        return None
    head = _HEADS.get(" ".join(words[-2:]).lower(), draft.head) if len(words) > 1 else draft.head
    if head in ("SportsOrganization", "SportsTeam") and not sport and draft.form != "metonym":
        return "Organization"  # the Urban League, Citizens United
    if head == "Park" and sport:
        return "StadiumOrArena"
    return head
