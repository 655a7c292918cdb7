"""The language of a text by its commonest words; unknown is better than wrong."""

from __future__ import annotations

import re
from collections import Counter

from kg.extract.words import words

__all__ = ["language"]

# The commonest function words of each language, left out where they are as common in another one here.
_STOP_WORDS: dict[str, frozenset[str]] = {
    "de": words(
        "der die das und ist nicht ein eine einen von zu den dem mit auf für sich auch es sie wird bei im als hat haben"
        " aus nach wie noch nur vom zum zur sind werden wurde wurden einer einem eines über ich wir"
    ),
    "en": words(
        "the of and to in that is was for it with as he his on be at by had not are but from or have an they which"
        " she were her we their been has when who will said its would"
    ),
    "es": words("el la los las de que y en un una por con para es del se no su al lo como más pero"),
    "fr": words("le la les des de et est un une dans que qui pour pas sur au du avec il elle sont ce"),
    "it": words("il lo la gli le di che e un una per con non del della sono ha più nel alla è dei"),
    "nl": words("de het een en van is dat op te zijn met voor niet aan er om ook als bij naar werd"),
    "pt": words("o a os as de que e em um uma para com não do da no na por mais se foi dos"),
}
_WORD = re.compile(r"[^\W\d_]+")
_ENOUGH = 20  # words; below that a ratio says nothing
_SAMPLE = 20_000  # characters; a language shows early


def language(text: str) -> str | None:
    """The BCP 47 tag of the text's language when its function words say so clearly, else None.

    A language wins with a fifth of at least twenty words and a lead of half over the next one.
    """
    found = [word.lower() for word in _WORD.findall(text[:_SAMPLE])]
    if len(found) < _ENOUGH:
        return None
    times = Counter(found)
    counts = sorted(
        ((sum(times[stop] for stop in stops if stop in times), tag) for tag, stops in _STOP_WORDS.items()),
        key=lambda pair: (-pair[0], pair[1]),
    )
    (best, tag), (second, _) = counts[0], counts[1]
    if best < len(found) / 5 or best < second * 1.5:
        return None
    return tag
