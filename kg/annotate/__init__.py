"""Understanding the article: annotators that state stand-off layers, and what they resolve to."""

from kg.annotate.chain import annotate, annotate_text, defaults, ordered, silence
from kg.annotate.jsonl import annotate_line
from kg.annotate.preview import preview
from kg.annotate.text import lay_out

__all__ = ["annotate", "annotate_line", "annotate_text", "defaults", "lay_out", "ordered", "preview", "silence"]
