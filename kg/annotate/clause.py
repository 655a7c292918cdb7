"""The clause around a verb: is the thing told as done, as to come, or only denied, supposed, asked or wished?"""

from __future__ import annotations

import re
from dataclasses import dataclass

__all__ = ["Group", "is_unreal", "opens", "verb_group"]

#: Words that may stand between a subject and its verb, besides adverbs in -ly.
_AUXILIARY = frozenset(
    [
        "has",
        "have",
        "had",
        "having",
        "is",
        "are",
        "was",
        "were",
        "be",
        "been",
        "being",
        "got",
        "get",
        "gets",
        "getting",
        "will",
        "would",
        "shall",
        "could",
        "may",
        "might",
        "must",
        "should",
        "can",
        "cannot",
        "to",
        "not",
        "never",
        "also",
        "now",
        "soon",
        "later",
        "then",
        "since",
        "already",
        "just",
        "only",
        "both",
        "all",
        "first",
        "again",
        "finally",
        "still",
        "ever",
        "today",
        "yesterday",
        "once",
        "twice",
        "even",
        "either",
        "each",
        "reportedly",
        "allegedly",
        "did",
        "do",
        "does",
        "’s",
        "’ve",
        "’d",
        "’ll",
        "'s",
        "'ve",
        "'d",
        "'ll",
    ]
)
_NO_ADVERB = frozenset(
    [
        "family",
        "july",
        "italy",
        "daily",
        "early",
        "ally",
        "assembly",
        "supply",
        "reply",
        "bully",
        "rally",
        "monopoly",
        "anomaly",
        "belly",
        "lily",
        "sicily",
        "emily",
        "sally",
        "kelly",
        "molly",
        "billy",
        "weekly",
        "monthly",
        "elderly",
        "only",
        "police",
        "friendly",
        "fly",
        "jelly",
        "butterfly",
        "bodily",
        "holy",
        "julie",
    ]
)
_NOT = frozenset(
    ["not", "never", "cannot", "hardly", "scarcely", "nearly", "reportedly", "allegedly", "supposedly", "purportedly"]
)
_BE = frozenset(["was", "were", "been", "being", "be", "is", "are", "got", "get", "gets", "getting", "’s", "'s"])
_MODAL = frozenset(["will", "would", "shall", "could", "may", "might", "must", "should", "can", "’ll", "'ll"])
_LAST_WORD = re.compile(r"[\w’'-]+\s$")

#: Before "to": the act is planned, promised or ordered by the subject of these words …
_PLANS = re.compile(
    r"(?:\b(?:(?:is|are|was|were|be|been)\s(?:now\s|also\s|still\s)?(?:due|set|expected|scheduled|likely|about|ready"
    r"|poised|planning|preparing|hoping|seeking|bound)"
    r"|plans?|planned|intends?|intended|hopes?|hoped|vow(?:s|ed)|agree[sd]|decided|decides|promise[sd]|pledge[sd]"
    r"|threaten(?:s|ed)|aims?|aimed|prepare[sd]|want(?:s|ed)|offer(?:s|ed|ing)?|propose[sd]|moved|seeks|sought|chose"
    r"|(?:has|have|had)|need(?:s|ed)?|(?:is|are|was|were))\s)$"
)
#: … or of somebody else,
_ORDERS = re.compile(
    r"\b(?:order(?:s|ed)?|ask(?:s|ed)?|urg(?:e|es|ed)|told|tells|instruct(?:s|ed)|want(?:s|ed)?|call(?:s|ed)?\s(?:on|for)"
    r"|allow(?:s|ed)?|enabl(?:e|es|ed)|permit(?:s|ted)?|invit(?:e|es|ed)|expect(?:s|ed)|challeng(?:e|es|ed)"
    r"|requir(?:e|es|ed)|forc(?:e|es|ed)|pressur(?:e|es|ed)|wait(?:s|ed|ing)?\sfor)\s[^,;.:]{1,70}\s$"
    r"|\b(?:decision|bid|efforts?|requests?|right|powers?|deal|proposals?|intention"
    r"|permission|deadline|pressure|agreement|motion|application|refusal|campaign|opportunity|chance)\s$"
    r"|(?:\b(?:the|an?|his|her|its|their|our|no|any|new|of|for|on)|[’']s)\s(?:[\w-]+\s)?"
    r"(?:plans?|orders?|moves?|votes?|offers?|calls?|threats?|attempts?)\s$"
)
_FAILS = re.compile(r"\b(?:fail(?:s|ed))\s$")
_DOES = re.compile(
    r"\b(?:manage[sd]|went\son|goes\son|helped|continue[sd]|proceeded"
    r"|(?:came|fought|hit|battled|rallied|bounced|recovered)\s(?:back\s)?(?:from\s(?:[\w-]+\s){1,6})?)\s?$"
)
_DENIED = re.compile(
    r"\b(?:(?i:not|never|n[’']t|cannot|no|nobody|none|neither|nor|without)|refus\w+|declin\w+|den(?:y|ied|ies|ying)|avoid\w*"
    r"|fail(?:s|ed|ing)?(?!\sto\s(?:\w+\s)?$)|stop(?:ped|s)?|prevent\w*|block\w*|ban(?:s|ned)?|unable)\b[^,;.]{0,30}$"
)
_HEDGED = re.compile(
    r"\b(?:alleg\w+|reportedly|suspected|suspects|accus\w+|claim\w*|rumou?r\w*|purported\w*|supposed\w*|believed|thought"
    r"|apparent(?:ly)?|said\sto\s(?:have|be)|fears?|feared|fearing|possible|possibly|potential|hypothetical\w*|imagin\w*"
    r"|as\sif|as\sthough|fictional|wish(?:es|ed)?|dream(?:s|ed|t)?)\b"
)
_UNREAL = re.compile(r"(?:^|[\s,(—–])(?i:if|unless|whether|in\scase|lest|suppose|should(?=\s[A-Z]))\s[^,]*$")
_BOUNDARY = re.compile(r"[;:—–]\s|,\s(?:and|but|while|whereas|although|though)\s|\s(?:but|while|whereas)\s")


#: A participle that shares the auxiliary of the one before it …
_SHARED = re.compile(
    r"\b(?:was|were|been|be)\s(?:[a-z]+ly\s)?(?P<first>(?:[a-z]+ed|shot|caught|found|held|taken|brought|tried))"
    r"(?:\s(?:on|in|at|by|from|near|last|this|over|for)\s(?:(?!(?:who|which|that|and|but|as|he|she|they|after|when)\s)[^\s,;:.]+\s){1,6}"
    r"|\s)and\s(?:later\s|then\s|subsequently\s)?$"
)
#: … unless an object follows, which a passive has none of.
_TAKES = re.compile(r"[\w-]+\s(?:the|an?|his|her|its|their|this|that|him|them|it|\d|two|three|several|[A-Z])")


@dataclass(frozen=True, slots=True)
class Group:
    """The words of one verb. ``start`` is where they begin (the subject ends before), ``voice`` is ``active``,
    ``passive`` or ``bare`` (nothing stands before the verb: a past tense or a participle), ``status`` as in
    :class:`kg.model.Event`; ``own`` is False when the subject is not the one who does it."""

    start: int
    voice: str
    status: str
    own: bool = True
    governor: str = ""


def opens(host: str, floor: int, at: int) -> int:
    """Where the clause of a verb begins: after the last mark or joint that opens another one."""
    start = floor
    for found in _BOUNDARY.finditer(host, max(floor, at - 300), at):
        start = found.end()
    return start


def is_unreal(host: str, floor: int, at: int) -> bool:
    """Whether the clause before a verb denies, supposes or only alleges what the verb says."""
    clause = host[max(opens(host, floor, at), at - 160) : at]
    return bool(_DENIED.search(clause) or _HEDGED.search(clause) or _UNREAL.search(clause))


def verb_group(host: str, floor: int, at: int, form: str) -> Group | None:
    """The verb group that ends in the word at an offset, or None when it tells of nothing (denied, unreal, a habit).

    ``form`` is the form of that word: ``done``, ``base`` or ``present``.
    """
    shared = _SHARED.search(host, max(floor, at - 90), at) if form == "done" else None
    if shared is not None and not _TAKES.match(host, at):  # "was arrested on Monday and charged with fraud"
        first = verb_group(host, floor, shared.start("first"), form)
        return first if first is not None and first.voice == "passive" else None
    start = at
    words: list[str] = []
    starts: list[int] = []
    limit = max(floor, at - 90)
    while start > limit and (found := _LAST_WORD.search(host, limit, start)) is not None:
        printed = found.group()[:-1]
        word = printed.lower()
        adverb = word.endswith("ly") and printed[0].islower() and word not in _NO_ADVERB
        if not (adverb or word in _AUXILIARY or word.endswith(("n’t", "n't"))):
            break
        start = found.start()
        words.insert(0, word)
        starts.insert(0, start)
    if any(word in _NOT or word.endswith(("n’t", "n't")) for word in words):
        return None
    verbs = [
        w for w in words if w in _BE or w in _MODAL or w in ("to", "has", "have", "had", "having", "did", "do", "does")
    ]
    passive = form == "done" and bool(verbs) and verbs[-1] in _BE
    perfect = any(w in ("have", "had", "has") for w in verbs)
    if "to" in words:
        to = len(words) - 1 - words[::-1].index("to")
        if form == "present" or (form == "done" and not passive) or "have" in words[to:]:
            return None  # "to have arrested", "according to released files"
        return _governed(host, floor, start, starts[to], "passive" if passive else "active")
    if any(w in _MODAL for w in verbs):
        if perfect and "will" not in verbs:
            return None  # "would have been arrested"
        return Group(start, "passive" if passive else "active", "potential") if passive or form == "base" else None
    if form == "base":
        return Group(start, "active", "completed") if verbs and verbs[-1] == "did" else None
    if passive:
        if verbs[0] in ("been", "be", "having"):
            return None
        if verbs[-1] in ("is", "are", "’s", "'s"):
            return Group(start, "passive", "completed", governor="is")  # a state (*is charged*) or a habit
        if "being" in verbs:  # "was being deported"; "before being deported" has its subject elsewhere
            return Group(start, "passive", "active") if verbs[0] != "being" else None
        return Group(start, "passive", "completed")
    if form == "present":
        return Group(start, "active", "completed") if not verbs else None
    return Group(start, "active" if verbs else "bare", "completed")


def _governed(host: str, floor: int, start: int, to: int, voice: str) -> Group | None:
    """The reading of an infinitive, by what its *to* hangs on."""
    begin = max(floor, start - 120)
    before = host[begin:to]
    fails = _FAILS.search(before)
    if fails is not None:
        return Group(begin + fails.start(), voice, "failed", governor="failed")
    if _DENIED.search(before[-40:]):
        return None
    if (does := _DOES.search(before)) is not None:
        return Group(begin + does.start(), voice, "completed")
    if (orders := _ORDERS.search(before)) is not None:
        return Group(start, voice, "potential", own=False, governor=orders.group().split()[0])
    if (plans := _PLANS.search(before)) is not None:
        return Group(begin + plans.start(), voice, "potential", governor=plans.group().split()[-1])
    return None
