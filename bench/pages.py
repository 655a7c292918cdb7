"""How well web pages are read: body, headline, dates and authors against pages with a known body.

    python bench/pages.py [--pages DIR] [--half even|odd] [--worst N] [--json]

DIR (default ``../shared/gold/pages``) holds ``ground-truth.json`` and ``html/<key>.html.gz`` of the public
article-extraction-benchmark of Zyte (scrapinghub/article-extraction-benchmark on GitHub, MIT licence). Bodies are
scored as its own script does: runs of four words, precision and recall averaged over pages, F1 of the two averages.
Headlines and dates are compared with the JSON-LD of pages that carry it, first as the reader gives them and once more
("blind") with that JSON-LD taken away. A boilerplate paragraph is one of ours of which less than a fifth of the runs
stand in the known body.
"""

from __future__ import annotations

import argparse
import contextlib
import gzip
import json
import re
import statistics
import sys
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from email.utils import parsedate_to_datetime
from pathlib import Path

from kg.errors import InputError
from kg.extract import embedded, schemaorg
from kg.extract.html import HtmlReader
from kg.model import Article, Document

_WORD = re.compile(r"\w+")
_LD = re.compile(rb"<script[^>]*ld\+json[^>]*>(.*?)</script>", re.DOTALL | re.IGNORECASE)
Rows = list[tuple[float, float, float]]


def runs(text: str) -> Counter[tuple[str, ...]]:
    """Every run of four words of a text with its count (one shorter run when there are fewer words)."""
    words = _WORD.findall(text)
    return Counter(tuple(words[at : at + 4]) for at in range(max(1, len(words) - 3)) if words)


def score(true: str, found: str) -> tuple[float, float, float]:
    """True positives, false positives and false negatives of one page."""
    wanted, got = runs(true), runs(found)
    both = float((wanted & got).total())
    return both, got.total() - both, wanted.total() - both


def figures(rows: Rows) -> dict[str, float]:
    """Precision and recall averaged over pages, and the F1 of the averages."""
    precision = statistics.mean(tp / (tp + fp) if tp else 0.0 for tp, fp, fn in rows if tp + fp)
    recall = statistics.mean(tp / (tp + fn) if tp else 0.0 for tp, fp, fn in rows if tp + fn)
    return {
        "f1": round(2 * precision * recall / (precision + recall), 4),
        "precision": round(precision, 4),
        "recall": round(recall, 4),
    }


def stated(data: bytes) -> Mapping[str, object] | None:
    """The one article in the page's JSON-LD that has a headline and stands in no list, read apart from the reader."""
    found: list[Mapping[str, object]] = []
    for script in _LD.findall(data):
        for value in embedded.loads(script.decode("utf-8", "replace")):
            found.extend(
                node
                for node, path in schemaorg.nodes(value)
                if schemaorg.ARTICLES & set(schemaorg.types(node)) and node.get("headline") and not path
            )
    return found[0] if found else None


def same_date(given: object, found: str | None) -> bool:
    """Whether the date found is the one given: the same moment, or its day where no zone is given.

    Read apart from the reader, by the standard library: ISO 8601, else RFC 5322, else a printed English day.
    """
    text = str(given[0] if isinstance(given, list) and given else given).strip()
    if found is None:
        return False
    moment: datetime | None = None
    with contextlib.suppress(ValueError):
        moment = datetime.fromisoformat(text)
    if moment is None:
        with contextlib.suppress(ValueError):
            moment = parsedate_to_datetime(text)
    if moment is None:
        day = re.search(r"([A-Z][a-z]{2})[a-z]* (\d{1,2}),? (\d{4})", text)
        if day is None:
            return False
        moment = datetime.strptime(" ".join(day.groups()), "%b %d %Y")  # noqa: DTZ007
    if moment.tzinfo is None or "T" not in found:
        return found.startswith(moment.date().isoformat())
    return datetime.fromisoformat(found) == moment


def measure(pages: Mapping[str, bytes], truth: Mapping[str, Mapping[str, str]], *, worst: int) -> dict[str, object]:
    """All figures of one pass over the pages."""
    reader = HtmlReader()
    rows: Rows = []
    failed: list[str] = []
    boilerplate: list[tuple[str, str]] = []
    articles: dict[str, Article] = {}
    began = time.process_time()
    for name, data in pages.items():
        try:
            articles[name] = reader.read(Document(data, f"url:{name}", truth[name].get("url", name)))[0]
        except InputError as error:
            failed.append(f"{name[:8]} {error.reason}")
    seconds = time.process_time() - began
    for name in pages:
        true = truth[name].get("articleBody", "")
        article = articles.get(name)
        rows.append(score(true, article.body if article else ""))
        known = runs(true)
        for paragraph in article.paragraphs if article else ():
            own = runs(paragraph.text)
            if sum(own.values()) >= 2 and (own & known).total() < 0.2 * own.total():
                boilerplate.append((name, paragraph.text))
    dirty = {name for name, _ in boilerplate}
    result: dict[str, object] = {
        "pages": len(pages),
        "body": figures(rows),
        "exact": round(sum(not fp and not fn for _, fp, fn in rows) / len(rows), 3),
        "clean_pages": round(1 - len(dirty) / len(pages), 3),
        "pages_per_second": round(len(pages) / seconds, 1),
        "failed": failed,
        **fields(pages, truth, articles),
    }
    if worst:
        ranked = sorted(
            zip(rows, pages, strict=True), key=lambda one: one[0][0] / max(1.0, sum(one[0]) - one[0][0] / 2)
        )
        result["worst"] = [f"{name[:8]} {row} {truth[name].get('url', '')[:90]}" for row, name in ranked[:worst]]
        result["boilerplate"] = [f"{name[:8]} {text[:140]}" for name, text in boilerplate]
    return result


def fields(
    pages: Mapping[str, bytes], truth: Mapping[str, Mapping[str, str]], articles: Mapping[str, Article]
) -> dict[str, object]:
    """Headline and date against the page's own JSON-LD, with it and without it."""
    counts: Counter[str] = Counter()
    blind = HtmlReader()
    misses: list[str] = []
    for name, data in pages.items():
        given, article = stated(data), articles.get(name)
        if given is None or article is None:
            continue
        try:
            without = blind.read(Document(_LD.sub(b"", data), f"url:{name}", truth[name].get("url", name)))[0]
        except InputError:
            without = None
        headline = schemaorg.clean(given["headline"]) or ""
        counts["headlines"] += 1
        counts["headline"] += article.headline == headline
        counts["headline_plain"] += headline.startswith(article.headline) and bool(
            re.fullmatch(r"|\s+[|–—-]\s+[\w .]{1,30}", headline[len(article.headline) :])
        )
        if article.headline != headline:
            misses.append(f"{name[:8]} {article.headline!r} for {headline!r}")
        counts["headline_blind"] += without is not None and without.headline.casefold() == headline.casefold()
        if given.get("datePublished"):
            counts["dates"] += 1
            counts["date"] += same_date(given["datePublished"], article.date_published)
            if not same_date(given["datePublished"], article.date_published):
                misses.append(f"{name[:8]} {article.date_published} for {given['datePublished']}")
            counts["date_blind"] += (
                without is not None and (without.date_published or "-")[:10] == (article.date_published or "")[:10]
            )
        if given.get("author") and article.authors:
            counts["bylines"] += 1
            ours = {author.name.casefold() for author in article.authors}
            counts["authors_blind"] += (
                without is not None and {author.name.casefold() for author in without.authors} == ours
            )
    return {
        "headline_as_json_ld": _share(counts["headline"], counts["headlines"]),
        "headline_as_json_ld_without_the_outlets_name": _share(counts["headline_plain"], counts["headlines"]),
        "headline_blind": _share(counts["headline_blind"], counts["headlines"]),
        "date_as_json_ld": _share(counts["date"], counts["dates"]),
        "date_blind": _share(counts["date_blind"], counts["dates"]),
        "authors_blind": _share(counts["authors_blind"], counts["bylines"]),
        "misses": misses,
    }


def _share(part: int, whole: int) -> str:
    return f"{part}/{whole} = {part / whole:.3f}" if whole else "0/0"


def baseline(pages: Mapping[str, bytes], truth: Mapping[str, Mapping[str, str]], **options: bool) -> dict[str, object]:
    """trafilatura alone on the same pages."""
    import trafilatura

    rows: Rows = []
    began = time.process_time()
    for name, data in pages.items():
        text = trafilatura.extract(data, include_comments=False, **options) or ""
        rows.append(score(truth[name].get("articleBody", ""), text))
    return {**figures(rows), "pages_per_second": round(len(pages) / (time.process_time() - began), 1)}


def main(arguments: Sequence[str] | None = None) -> int:
    """Prints the figures; 1 when the pages are not there."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--pages", type=Path, default=Path(__file__).resolve().parents[2] / "shared/gold/pages")
    parser.add_argument("--half", choices=("even", "odd"), help="only every second page, for developing on one half")
    parser.add_argument("--worst", type=int, default=0, help="how many of the worst pages to name")
    parser.add_argument("--json", action="store_true")
    chosen = parser.parse_args(arguments)
    if not (chosen.pages / "ground-truth.json").is_file():
        print(f"no ground-truth.json in {chosen.pages}; give its folder with --pages", file=sys.stderr)
        return 1
    truth = json.loads((chosen.pages / "ground-truth.json").read_text(encoding="utf-8"))
    names = list(truth)
    names = names[0::2] if chosen.half == "even" else names[1::2] if chosen.half == "odd" else names
    pages = {name: gzip.decompress((chosen.pages / "html" / f"{name}.html.gz").read_bytes()) for name in names}
    result = {
        "newsgraph": measure(pages, truth, worst=chosen.worst),
        "trafilatura": baseline(pages, truth),
        "trafilatura precision": baseline(pages, truth, favor_precision=True),
    }
    if chosen.json:
        print(json.dumps(result, indent=1, ensure_ascii=False))
        return 0
    for row, values in result.items():
        print(row)
        for key, value in values.items():
            if isinstance(value, list):
                print(f"  {key}: {len(value)}" if not value or not chosen.worst else f"  {key}:")
                for one in value if chosen.worst else ():
                    print(f"    {one}")
            else:
                print(f"  {key}: {value}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
