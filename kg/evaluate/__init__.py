"""Measuring the annotators against texts that people annotated."""

from kg.evaluate.floors import Comparison, Floors, compare, key_of
from kg.evaluate.gold import GoldDocument, GoldSet, load
from kg.evaluate.measures import Score, score
from kg.evaluate.run import Measured, predict

__all__ = [
    "Comparison",
    "Floors",
    "GoldDocument",
    "GoldSet",
    "Measured",
    "Score",
    "compare",
    "key_of",
    "load",
    "predict",
    "score",
]
