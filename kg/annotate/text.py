"""The text of an article, laid out end to end for annotators."""

from __future__ import annotations

import re
from collections import Counter
from typing import Final

from kg.annotate.lexicon import words as _words
from kg.model import Article, Field, Section, Span, Text

__all__ = ["is_english", "language_of", "lay_out"]

_GAP: Final = "\n\n"
_SAMPLE: Final = 20_000
_COMMON: Final = _words(
    "the of and to in a is that for it was on as with he be at by this had from but not are or have an they which "
    "one were all her she there would their we him been has when who will no more if out so said what its about than "
    "into them can only other his after over"
)

#: Words of grammar of other languages that are no English words; enough to tell that a text is not English.
_OTHERS: Final = _words(
    "der die das und nicht ist ein eine auf mit von zu den dem des sich le les et une pour dans que qui sur par avec "
    "pas est du au el los las y en del por con una para se il che di non per sono gli della nel os não em uma dos com "
    "het een van niet dat op voor och att det som på inte är og ikke til w na się że z nie jest ve bir bu için da"
)
#: The last code point of Latin Extended-B.
_LATIN: Final = "\u024f"


def lay_out(article: Article) -> Text:
    """The headline, alternative headline, abstract, body and captions as one text with fields and sections.

    Fields are joined by a blank line; empty ones are left out. The body field's text equals ``article.body``.
    """
    parts: list[str] = []
    fields: list[Field] = []
    sections: list[Section] = []
    at = 0

    def put(name: str, words: str, kind: str) -> None:
        nonlocal at
        if parts:
            parts.append(_GAP)
            at += len(_GAP)
        span = Span(at, at + len(words))
        parts.append(words)
        fields.append(Field(name, span))
        if kind:
            sections.append(Section(kind, span, name))
        at = span.end

    for name, words, kind in (
        ("headline", article.headline, "headline"),
        ("alternative-headline", article.alternative_headline, "headline"),
        ("abstract", article.abstract, "abstract"),
        ("body", article.body, ""),
    ):
        if not words:
            continue
        put(name, words, kind)
        if name == "body":
            start = fields[-1].span.start
            for paragraph in article.paragraphs:
                end = start + len(paragraph.text)
                if paragraph.text:
                    sort = "block_quote" if paragraph.kind == "quote" else "paragraph"
                    sections.append(Section(sort, Span(start, end), "body"))
                start = end + len(_GAP)
    for number, image in enumerate(article.images):
        if image.caption:
            put(f"caption-{number}", image.caption, "caption")
    text = "".join(parts)
    return Text(
        text=text,
        fields=tuple(fields),
        sections=tuple(sections),
        language=article.language or language_of(text),
        date=article.date_published,
        rubric=article.section or "",
    )


def language_of(text: str) -> str:
    """``en``, or ``und`` when words of other languages outnumber English ones or most letters are not Latin.

    Tables and lists have few words of grammar at all; they count as English unless something speaks against it.
    """
    counts = Counter(re.findall(r"[^\W\d_]+", text[:_SAMPLE]))
    total = sum(counts.values())
    if total < 12:
        return "en"
    foreign_script = common = others = 0
    for word, times in counts.items():
        small = word.lower()
        foreign_script += times * (word[0] > _LATIN)
        common += times * (small in _COMMON)
        others += times * (small in _OTHERS)
    return "und" if foreign_script * 2 > total or (others > common and others * 12 >= total) else "en"


def is_english(text: Text) -> bool:
    """Whether the text is in a language the built-in annotators know (BCP 47 primary subtag ``en``)."""
    return text.language.replace("_", "-").split("-", 1)[0].lower() == "en"
