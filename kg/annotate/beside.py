"""What the words around a name say of its class: titles, nouns, verbs, prepositions, appositions."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from kg.annotate.evidence import Evidence
from kg.annotate.lexicon import groups, table
from kg.annotate.nouns import noun_ahead, noun_at, noun_class, noun_of_group
from kg.annotate.page import Page
from kg.annotate.runs import Draft, title_before
from kg.annotate.tokens import Sentence
from kg.annotate.works import CUES
from kg.authority import kind_of

__all__ = ["around"]

_VERBS: Final = table("verbs")
_BESIDE: Final = groups("beside")
#: What a thing is, right after its name (*the Zalk gang*); other nouns there may be somebody else's (*Zalk police*).
_KINDS: Final = groups("kinds")
_AFTER: Final = _BESIDE["grammar"] | _BESIDE["finite"] | _BESIDE["further"]
_ARTICLES: Final = frozenset(["a", "an", "the", "his", "her", "its", "their", "our", "my", "another", "one"])
_OWNERS: Final = frozenset(["his", "her", "its", "their", "our", "my", "your"])
_OWNER: Final = frozenset(["'s", "’s"])
_PERSONAL: Final = frozenset(["he", "she", "his", "her", "him", "himself", "herself", "hers"])
#: How many words ahead a pronoun is looked for.
_NEAR: Final = 15
_OPENING: Final = frozenset("“‘\"'«„")
_CLOSING: Final = frozenset("”’\"'»“")
_OWNED: Final = groups("owned")
_ACTS: Final = groups("acts")
_WHO: Final = ("person", "place", "organization")
_PEOPLED: Final = groups("joints")["peopled"]
_BANKS: Final = groups("joints")["banks"]
_LEADS: Final = groups("joints")["leads"]
#: What leads from place to place. Not *bridge*, *line* and *journey*, which also lead from people to people and ideas.
_WAYS: Final = groups("joints")["ways"]


def around(page: Page, draft: Draft, *, sport: bool) -> Iterator[Evidence]:
    """The evidence of the words around one mention."""
    if draft.form == "demonym":
        return
    sentence = page.tokens.sentences[draft.sentence]
    if draft.title is not None:
        yield "title", "Person", 3.0
    mode = page.modes[draft.sentence]
    if mode != "plain":
        if sport:
            yield f"mode {mode}", "", 0.0
        return
    if _dateline(page, draft, sentence):
        yield "dateline", "City", 1.0
        return
    word = page.tokens.words[draft.last - 1]
    many = draft.last - draft.first == 1 and word.endswith("s") and not word.isupper()
    if many and page.word(draft.first - 1, sentence) in ("the", "The"):  # the Rovers; the Lows, whoever they are
        yield ("the, many, sport", "SportsTeam", 1.5) if sport else ("the, many", "", 0.0)
    yield from _before(page, draft, sentence)
    yield from _after(page, draft, sentence)
    known = page.known.get(draft.first)
    part = page.small(draft.first - 1, sentence) in _BESIDE["part"]  # in Zalk she found
    if (known is None or known.last != draft.last) and not part:
        yield from _pronoun(page, draft, sentence)
    if _quoted(page, draft, sentence):
        yield ("quoted 1" if draft.last - draft.first == 1 else "quoted"), "", 0.0


def _dateline(page: Page, draft: Draft, sentence: Sentence) -> bool:
    """Whether the name opens an agency's report: *ZALK (Reuters) —*, *ZALK 1996-08-30*."""
    words = page.tokens.words
    if not all(word.isupper() and len(word) > 2 for word in words[draft.first : draft.last]):
        return False
    marks = words[draft.last : draft.last + 4]
    if len(marks) == 4 and marks[0] == "(" and marks[2] == ")" and marks[3] in ("-", "–", "—"):
        return True
    if draft.first != sentence.first or sentence.span.start != sentence.section.span.start:
        return False
    after = page.word(draft.last, sentence)
    if not after or after[0].isdigit():  # a line of its own, with or without the date
        number = draft.sentence + 1
        return bool(after) or (number < len(page.modes) and words[sentence.last : sentence.last + 1] != ())
    return after in (",", "(", "—", "–", "-", "/")


def _pronoun(page: Page, draft: Draft, sentence: Sentence) -> Iterator[Evidence]:
    """The first pronoun after the name in its sentence: *Low took her seat*, *Zalk raised its price*."""
    for word in page.tokens.words[draft.last : min(draft.last + _NEAR, sentence.last)]:
        if word in _PERSONAL:
            yield "he after", "", 0.0
            return
        if word in ("it", "its", "itself"):
            yield "it after", "", 0.0
            return
        if word[0].isupper():
            return  # the pronoun may mean that name


def _quoted(page: Page, draft: Draft, sentence: Sentence) -> bool:
    """Whether the name, perhaps after *The*, fills a pair of quotation marks."""
    at = draft.first - 1
    if page.word(at, sentence) in ("The", "A", "An"):
        at -= 1
    after = page.word(draft.last, sentence)
    if after in (",", "."):
        after = page.word(draft.last + 1, sentence)
    return page.word(at, sentence) in _OPENING and after in _CLOSING


def _noun(prefix: str, noun: str, weight: float) -> Iterator[Evidence]:
    """A noun's evidence: its kind, and its class where that is finer."""
    kind = kind_of(noun) or "Thing"
    yield f"{prefix} {kind}", noun, weight
    if noun != kind:
        yield f"{prefix} {noun}", "", 0.0


def _before(page: Page, draft: Draft, sentence: Sentence) -> Iterator[Evidence]:
    at = draft.first - 1
    mark = page.word(at, sentence)
    before = mark if mark.islower() else ""
    owner = page.word(draft.last, sentence) in _OWNER  # "in Duffy's trial"
    if mark in ("the", "The"):
        yield "the", "", 0.0
        last = page.tokens.words[draft.last - 1]
        if draft.last - draft.first > 1 and last.endswith("s") and not last.endswith(("ss", "'s", "’s")):
            yield "the, plural", "", 0.0
        at -= 1
        mark = page.word(at, sentence)
        before = mark if mark.islower() else ""
        if before == "of" and page.small(at - 1, sentence) in _BANKS:
            yield "banks of the", "RiverBodyOfWater", 2.5
        elif mark == "," and (noun := noun_at(page, at - 1, sentence)) is not None:
            yield from _noun("noun, the", noun, 2.0)
        if before in _BESIDE["grammar"]:
            yield f"{before} the", "", 0.0
        return
    if _on_the_way(page, draft, sentence):
        yield "way", "Place", 0.5
    elif before == "of":
        small = page.small(at - 1, sentence)
        noun = noun_at(page, at - 1, sentence)
        if small in _BESIDE["maker"]:
            yield "maker of", "", 0.0
        if who := _who(_OWNED, "of", small):
            yield f"{who} of", "", 0.0
        if small in _LEADS:
            yield "leader of", "", 0.0
        elif small in _PEOPLED:
            yield "people of", "", 0.0
        elif noun is not None and kind_of(noun) == "Place":
            yield "place of", ("Place" if noun in ("RiverBodyOfWater", "Mountain") else noun), 2.5
        elif noun is not None:
            yield f"{kind_of(noun) or 'Thing'} of", "", 0.0
        else:
            yield "of", "", 0.0
    elif before in _VERBS:
        yield "speaks before", "", 0.0
    elif draft.title is None and title_before(page, sentence, draft.first) is not None:
        yield "title before", "Person", 2.0
    elif before == "in" and page.small(at - 1, sentence) in _BESIDE["played"]:
        yield "played in", "", 0.0
    elif before in _BESIDE["written"]:
        yield "written", "", 0.0
    elif (
        before in ("to", "in", "at", "near")
        and not owner
        and page.small(at - 1, sentence) in _ACTS["place to" if before == "to" else "place in"]
    ):
        yield f"place {before}", "", 0.0
    elif before == "by" and (who := _who(_ACTS, "by", page.small(at - 1, sentence))):
        yield f"{who} by", "", 0.0
    elif before in ("like", "as", "including") and (noun := noun_of_group(page, at, sentence)) is not None:
        yield f"such {kind_of(noun) or 'Thing'}", noun, 2.0
    elif before in _BESIDE["grammar"]:
        yield (f"before {before} 's" if owner and before in ("in", "at") else f"before {before}"), "", 0.0
    elif before in _OWNERS:
        yield "owner before", "", 0.0
    elif before not in _BESIDE["seeming"] and (noun := noun_at(page, at, sentence)) is not None:
        yield from _noun("noun before", noun, 2.5)
    elif mark in ("'s", "’s"):
        yield "before 's", "", 0.0
    elif mark == ",":
        if page.word(draft.last, sentence) in (",", ".") and (noun := noun_at(page, at - 1, sentence)):
            yield from _noun("noun,", noun, 1.5)
        yield "before ,", "", 0.0
    elif not mark:
        yield "opens", "", 0.0
    elif mark in "([":
        yield "before (", "", 0.0
    elif mark[0].isdigit():
        yield ("year before" if len(mark) == 4 else "number before"), "", 0.0
    elif mark in ("a", "an"):
        yield "a", "", 0.0
    elif who := _who(_ACTS, "suffers", before):
        yield f"{who} suffers", "", 0.0
    elif before.endswith(("ed", "ing")):
        yield f"before -{before[-2:]}", "", 0.0
    elif before:
        yield "before word", "", 0.0


def _who(table: dict[str, frozenset[str]], how: str, word: str) -> str:
    """Whose word it is (*person*, *place*, *organization*) in a table of groups such as *person has*; else empty."""
    if word:
        for one in _WHO:
            if word in table.get(f"{one} {how}", ()):
                return one
    return ""


def _on_the_way(page: Page, draft: Draft, sentence: Sentence) -> bool:
    """Whether a name is an end of a way: *the ferry to Zalk*, *a train between Zalk and Kampen*."""
    if page.sport or page.tokens.words[draft.first].isupper() or page.word(draft.last, sentence) in ("'s", "’s"):
        return False  # clubs travel to clubs; people fly to NATO; a friend's house
    at = draft.first - 1
    joint = page.word(at, sentence)
    if joint == "to" and page.small(at - 1, sentence) in _WAYS:
        return True
    if joint in ("and", "to"):
        at -= 1
        while draft.first - at <= 5 and page.word(at, sentence)[:1].isupper():
            at -= 1
        opening = page.word(at, sentence)
        if opening != ("between" if joint == "and" else "from"):
            return False
    elif joint != "between" and not (joint == "from" and page.word(draft.last, sentence) == "to"):
        return False  # a flight from an airline
    return page.small(at - 1, sentence) in _WAYS


def _after(page: Page, draft: Draft, sentence: Sentence) -> Iterator[Evidence]:
    mark = page.word(draft.last, sentence)
    after = mark if mark.islower() else ""
    if mark == ",":
        yield from _apposition(page, draft, sentence)
    elif mark == "(":
        inner = page.word(draft.last + 1, sentence)
        if inner.isdigit():
            year = len(inner) == 4 and inner[:2] in ("18", "19", "20")
            yield ("(age" if len(inner) == 2 else "(year" if year else "(number"), "", 0.0
        else:
            ticker = page.word(draft.last + 2, sentence) == ":" and page.word(draft.last + 3, sentence).isupper()
            yield ("ticker" if ticker else "(capitals" if inner.isupper() and len(inner) > 1 else "("), "", 0.0
    elif mark in ("'s", "’s", "'", "’"):
        yield "'s", "", 0.0
        if who := _who(_OWNED, "has", page.small(draft.last + 1, sentence)):
            yield f"{who} has", "", 0.0
            return
        noun = noun_ahead(page, draft.last + 1, sentence)
        if noun is not None:
            yield f"'s {kind_of(noun) or 'Thing'}", "", 0.0
    elif after in _BESIDE["moves"] and _amount(page, draft.last + 1, sentence):
        yield "moves", "", 0.0
    elif after in _VERBS:
        yield "speaks", "", 0.0
        if page.small(draft.last + 1, sentence) in ("it", "its"):
            yield "says it", "", 0.0
        if who := _who(_ACTS, "does", after):
            yield f"{who} does", "", 0.0
    elif who := _who(_ACTS, "does", after):
        yield f"{who} does", "", 0.0
    elif who := _who(_OWNED, "beside", after):
        yield f"{who} beside", "", 0.0
    elif after in _BESIDE["work"] and after in CUES:
        yield "work after", ("TVSeries" if CUES[after] == "TVEpisode" else CUES[after]), 1.5
    elif after in _AFTER:
        yield f"after {after}", "", 0.0
    elif (noun := noun_ahead(page, draft.last, sentence)) is not None and kind_of(noun) != "CreativeWork":
        known = page.known.get(draft.first)
        if known is not None and known.last == draft.last:
            return  # the U.S. company says nothing of the U.S.
        if noun != "Person":
            yield from _noun("noun after", noun, 2.2)
            for group, nouns in _KINDS.items():
                if after in nouns:
                    yield f"kind after {group}", "", 0.0
            if page.word(draft.first - 1, sentence) in ("the", "The"):
                yield f"the, noun after {kind_of(noun) or 'Thing'}", "", 0.0
        else:
            yield ("leader after" if after in _LEADS else "person after"), "", 0.0
    elif mark[:1].isdigit():
        yield ("year after" if len(mark) == 4 and mark.isdigit() else "number after"), "", 0.0
    elif after.endswith(("ed", "ing")):
        yield f"after -{after[-2:]}", "", 0.0
    elif after.endswith("s"):
        yield "after -s", "", 0.0
    elif after:
        yield "after word", "", 0.0
    elif mark in (".", ""):
        yield "after .", "", 0.0
    elif mark[0].isupper():
        yield "after capital", "", 0.0


def _amount(page: Page, at: int, sentence: Sentence) -> bool:
    """Whether an amount stands here: *rose 2.50 dollars*, *fell to $4*, *gained more than 3 percent*."""
    for step in range(3):
        word = page.word(at + step, sentence)
        if word[:1].isdigit() or word[:1] in ("$", "£", "€"):
            return True
        if word not in ("by", "to", "more", "than", "nearly", "about", "almost", "another", "up", "down", "over"):
            return False
    return False


def _apposition(page: Page, draft: Draft, sentence: Sentence) -> Iterator[Evidence]:
    at = draft.last + 1
    if page.word(at, sentence) in ("now", "aged"):
        at += 1
    first = page.word(at, sentence)
    if first.isdigit() and len(first) <= 2 and page.word(at + 1, sentence) in (",", "."):
        yield ", age", "Person", 1.0
        return
    if first == "who":
        plural = page.word(at + 1, sentence) in ("are", "were", "have", "remain", "play", "had", "need")
        yield (", who are" if plural else ", who"), "", 0.0
        return
    if first in ("which", "where", "whose", "and", "or", "but"):
        yield f", {first}", "", 0.0
        return
    known = page.known.get(at)
    if known is not None and any(kind_of(one.types[0]) == "Place" for one in known.candidates):
        if not known.demonym:
            yield (", country" if known.candidates[0].types[0] in ("Country", "State") else ", place"), "Place", 0.5
            return
        at = known.last
    kind: str | None = None
    steps = 0
    for steps in range(8):
        word = page.word(at + steps, sentence)
        if not word or word in _BESIDE["stop"]:
            break
        if (word in _VERBS or word in _BESIDE["finite"]) and kind is not None:
            return  # the noun is a subject of its own: "…, the broadcaster said"
        kind = noun_at(page, at + steps, sentence) or kind
    if kind_of(kind or "") == "Person" and page.small(draft.first - 1, sentence) in ("in", "at", "near"):
        yield ",", "", 0.0  # "born in Oxmoor, the son of a clerk": said of somebody before
        return
    if kind is not None and (first in _ARTICLES or noun_class(first) is not None or steps <= 4):
        yield from _noun(", a noun" if first in _ARTICLES else ", noun", kind, 3.0 if first in _ARTICLES else 1.8)
    else:
        yield ",", "", 0.0
