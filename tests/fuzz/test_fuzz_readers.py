"""Anything may come in: every reader and container ends in articles or in an error of ours, whatever the bytes are.

What must hold of the outcome is written down in :mod:`fuzz_outcome`. Documents are made in two ways: by mutations of
small valid ones, and by grammars of each format's own mistakes.
"""

from __future__ import annotations

import json
import re
import tracemalloc
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import atheris_readers
import fuzz_seeds
import pytest
from fuzz_outcome import check, outcomes
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from kg.errors import InputError
from kg.model import Article

FINDS = Path(__file__).resolve().parent / "finds"
FEW = settings(max_examples=40, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
MANY = settings(max_examples=3000, deadline=None, suppress_health_check=list(HealthCheck))

# pieces ------------------------------------------------------------------------------------------------------------

#: What breaks parsers, encoders and normalisers, as bytes.
PIECES = [
    *(
        b"<",
        b">",
        b'"',
        b"'",
        b"{",
        b"}",
        b"[",
        b"]",
        b"\0",
        b"\xff",
        b"\r",
        b"\x85",
        b"%",
        b"\x1b[31m",
        b"\n\n",
        b"\t",
    ),
    *(b"&#x0;", b"&#xd800;", b"&#55357;&#56832;", b"&nbsp;", b"&bogus;", b"&amp;#8220;", b"\\ud800", b"\\u0000", b"\\"),
    *(
        b"null",
        b"[]",
        b"{}",
        b'""',
        b"-1",
        b"1e999",
        b"9" * 400,
        b"<![CDATA[",
        b"]]>",
        b"<!--",
        b"-->",
        b"</p>",
        b"<p>",
    ),
    *(b"\xef\xbf\xbe", b"e\xcc\x81", b"\xe2\x80\xae", b"\xe2\x80\x8b", b"\xe2\x80\xa8", b"\xef\xbb\xbf", b"\xc2\xad"),
    *(b"\xe1\x84\x80\xe1\x85\xa1", b"\xf0\x9f\x98\x80", b"\xd9\xa1\xd9\xa2", b"\xed\xa0\x80", b"\xe2\x84\xab"),
    *(
        b"http://[",
        b"javascript:x",
        b"//x",
        b"http://a b/",
        b"https://",
        b"http:///x",
        b"http://x:99999/",
        b"http://h\\x",
    ),
    *(b"0000-00-00", b"0001-01-01", b"9999-12-31T23:59:60+14:00", b"24:00:00", b"10000-01-01", b"31 February 2026"),
    *(b"<!DOCTYPE a [<!ENTITY b 'c'>]>", b"<?xml version='1.0' encoding='utf-16'?>", b"<a href='", b" xmlns='x'"),
]
WORDS = st.sampled_from([one.decode("utf-8", "replace") for one in PIECES]) | st.text(max_size=12)
LINE = st.lists(WORDS | st.sampled_from([fuzz_seeds.FIRST, fuzz_seeds.TITLE, "Ana Reis", "By ", " "]), max_size=4).map(
    "".join
)
DATES = LINE | st.sampled_from(
    [
        *(
            "12 March 2026",
            "2026-03-12T09:05:00+01:00",
            "2026-02-30",
            "03/04/2026",
            "Thu, 12 Mar 26 24:00:00 EST",
            "20260312",
        )
    ]
)
ADDRESSES = LINE | st.builds("https://velmar.example/{}".format, LINE) | st.builds("http://{}/wall".format, LINE)
CLAIMS = st.sampled_from(atheris_readers.CLAIMS)


@st.composite
def mutated(draw: DrawFn, seeds: SearchStrategy[bytes]) -> bytes:
    """A seed after a few accidents: cut, doubled, swapped, spliced with another format, bits flipped."""
    data = bytearray(draw(seeds))
    for _ in range(draw(st.integers(1, 6))):
        at = draw(st.integers(0, len(data)))
        end = min(len(data), at + draw(st.sampled_from([0, 1, 2, 8, 40, 400])))
        kind = draw(
            st.sampled_from(["insert", "insert", "replace", "delete", "double", "cut", "flip", "splice", "swap"])
        )
        if kind == "insert":
            data[at:at] = draw(st.sampled_from(PIECES))
        elif kind == "replace":
            data[at:end] = draw(st.sampled_from(PIECES) | st.binary(max_size=8))
        elif kind == "delete":
            del data[at:end]
        elif kind == "double":
            data[at:at] = data[at:end] * draw(st.integers(1, 4))
        elif kind == "cut":
            del data[max(at, len(data) // 2) :]
        elif kind == "flip" and at < len(data):
            data[at] ^= 1 << draw(st.integers(0, 7))
        elif kind == "splice":
            other = draw(st.sampled_from(list(fuzz_seeds.SEEDS.values())))
            start = draw(st.integers(0, len(other)))
            data[at:at] = other[start : start + draw(st.sampled_from([10, 100, 1000]))]
        elif kind == "swap":
            place = draw(st.integers(0, len(data)))
            data[at:end], data[place : place + end - at] = data[place : place + end - at], data[at:end]
    return bytes(data)


# grammars ----------------------------------------------------------------------------------------------------------

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | LINE | DATES | ADDRESSES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(LINE, inner, max_size=3),
    max_leaves=8,
)


def _mixed(value: Any) -> SearchStrategy[Any]:
    """The value as it is, with parts replaced by anything else, doubled, or missing."""
    if isinstance(value, dict):
        parts = [st.tuples(st.just(key), _mixed(one)) for key, one in value.items()]
        made: SearchStrategy[Any] = st.tuples(
            st.tuples(*parts), st.sets(st.sampled_from([*value, ""]), max_size=2)
        ).map(lambda both: {key: one for key, one in both[0] if key not in both[1]})
    elif isinstance(value, list):
        made = st.tuples(*(_mixed(one) for one in value)).map(list)
    else:
        made = st.just(value)
    other = {str: st.just(value) | LINE | DATES | ADDRESSES}.get(type(value), st.just(value))
    return st.one_of(made, made, made, made, made, made, other, JSON)


def _dumped(value: Any, wide: bool) -> bytes:
    return json.dumps(value, ensure_ascii=not wide).encode("utf-8", "surrogatepass")


JSON_SEEDS: dict[str, Any] = {
    "json-feed": fuzz_seeds.JSON_FEED,
    "wordpress": fuzz_seeds.POST,
    "ninjs": fuzz_seeds.NINJS,
    "ninjs-1": fuzz_seeds.NINJS_1,
    "digitalwire": fuzz_seeds.DIGITALWIRE,
    "record": fuzz_seeds.RECORD,
    "json-ld": fuzz_seeds.LINKED,
}

TAGS = re.findall(
    r"\w+",
    "p div span b i a h1 h2 h3 blockquote figure figcaption img br li ul td table tr article section main header footer"
    " aside nav time script style template svg math form input select option iframe object title meta link base",
)
ATTRIBUTES = st.dictionaries(
    st.sampled_from(
        re.findall(
            r"\w+", "class id href src datetime itemprop itemtype itemscope rel content property name lang style"
        )
    ),
    ADDRESSES | DATES | st.sampled_from(["byline", "datePublished", "headline", "display:none", "og:title", "author"]),
    max_size=3,
)


@st.composite
def element(draw: DrawFn, inner: SearchStrategy[str]) -> str:
    """An element with attributes that may break out of their quotes, and perhaps no end."""
    tag = draw(st.sampled_from(TAGS))
    said = "".join(f' {name}="{value}"' for name, value in draw(ATTRIBUTES).items())
    return f"<{tag}{said}>{draw(inner)}" + draw(st.sampled_from([f"</{tag}>", f"</{tag}>", "", "</div>", "/>"]))


MARKUP = st.recursive(LINE, lambda inner: element(inner) | st.lists(inner, max_size=4).map("".join), max_leaves=12)
CHARSETS = st.sampled_from(
    [
        *(("utf-8", "utf-8"), ("iso-8859-1", "cp1252"), ("utf-16", "utf-16"), ("utf-8", "cp1252"), ("utf-16", "utf-8")),
        *(("shift_jis", "cp932"), ("nonsense", "utf-8"), ("utf-7", "utf-7"), ("gb2312", "gb18030"), ("big5", "utf-8")),
    ]
)


@st.composite
def page(draw: DrawFn) -> bytes:
    """A web page with a head of its own, linked data that may be broken, and an encoding that may be another."""
    claim, used = draw(CHARSETS)
    linked = draw(st.one_of(_mixed(fuzz_seeds.LINKED).map(json.dumps), LINE))
    text = (
        draw(st.sampled_from(["<!DOCTYPE html>", "", "<?xml version='1.0'?>", "\ufeff"]))
        + f"<html><head><meta charset={claim}><title>{draw(LINE)}</title>{draw(MARKUP)}"
        + f'<script type="application/ld+json">{linked}</script></head><body><h1>{draw(LINE)}</h1>'
        + f"<p>By {draw(LINE)}</p><time>{draw(DATES)}</time><p>{fuzz_seeds.FIRST}</p>{draw(MARKUP)}</body></html>"
    )
    return text.encode(used, "replace")


def _xml(name: str) -> SearchStrategy[bytes]:
    """The XML of a seed with texts and attributes replaced, escaped or not, and elements doubled or left out."""
    source = re.split(rb"(>[^<>]+<|\"[^\"]*\"|<[\w:.-]+/?>)", fuzz_seeds.PLAIN[name])

    @st.composite
    def made(draw: DrawFn) -> bytes:
        changed = set(draw(st.lists(st.integers(0, len(source) - 1), max_size=6)))
        parts = []
        for number, part in enumerate(source):
            if number not in changed:
                parts.append(part)
                continue
            new = draw(LINE | DATES | ADDRESSES | MARKUP)
            if draw(st.booleans()):
                new = new.replace("&", "&amp;").replace("<", "&lt;").replace('"', "&quot;")
            new_bytes = new.encode("utf-8", "replace")
            if part[:1] == b">":
                parts.append(b">" + new_bytes + b"<")
            elif part[:1] == b'"':
                parts.append(b'"' + new_bytes + b'"')
            else:
                parts.append(part * draw(st.sampled_from([0, 2, 3])))
        return b"".join(parts)

    return made()


@st.composite
def plain_text(draw: DrawFn) -> bytes:
    """A saved page or Markdown whose lines come in any order, or are others."""
    lines = draw(st.sampled_from([fuzz_seeds.PAGE, fuzz_seeds.MARKDOWN])).decode().split("\n")
    for _ in range(draw(st.integers(1, 5))):
        at = draw(st.integers(0, len(lines)))
        lines[at : at + draw(st.integers(0, 2))] = draw(st.lists(LINE | DATES | st.sampled_from(lines), max_size=3))
    return draw(st.sampled_from(["\n", "\r\n", "\r"])).join(lines).encode("utf-8", "replace")


@st.composite
def archived(draw: DrawFn) -> bytes:
    """An archive of mutated documents, itself damaged in half of the cases."""
    inside = mutated(st.sampled_from(list(fuzz_seeds.PLAIN.values())))
    name = draw(LINE | st.sampled_from(["a.txt", "../../a", "/etc/passwd", "a/../b", "CON", "x" * 300]))
    shapes: list[Callable[[bytes], bytes]] = [
        lambda data: fuzz_seeds.zipped({name: data, "b": data}),
        lambda data: fuzz_seeds.tarred({name[:90]: data}),
        fuzz_seeds.gzipped,
        fuzz_seeds.warc,
        lambda data: (
            fuzz_seeds.gzipped(fuzz_seeds.warc(data, name.replace("\n", "") or "x")) + fuzz_seeds.gzipped(b"WARC/1.0")
        ),
        lambda data: fuzz_seeds.warc(fuzz_seeds.gzipped(data), headers=b"Content-Encoding: gzip\r\n"),
    ]
    made = draw(st.sampled_from(shapes))(draw(inside))
    return draw(st.one_of(st.just(made), mutated(st.just(made))))


GRAMMARS: dict[str, SearchStrategy[bytes]] = {
    "html": page(),
    "plain-text": plain_text(),
    "archives": archived(),
    **{name: st.builds(_dumped, _mixed(value), st.booleans()) for name, value in JSON_SEEDS.items()},
    "json-lines": st.lists(st.builds(_dumped, _mixed(fuzz_seeds.RECORD), st.just(True)), min_size=2, max_size=3).map(
        b"\n".join
    ),
    **{name: _xml(name) for name in ("rss", "atom", "rdf", "xhtml", "newsml-g2", "news-message", "newsml-1", "nitf")},
    "quads": mutated(st.sampled_from([fuzz_seeds.QUADS, fuzz_seeds.TRIG])),
    "swapped": mutated(st.sampled_from(list(fuzz_seeds.SEEDS.values()))),
    "nothing": st.binary(max_size=200),
}


@pytest.mark.parametrize("name", sorted(fuzz_seeds.SEEDS))
def test_every_seed_is_read_so_that_its_mutations_mean_something(name: str) -> None:
    made = check(fuzz_seeds.SEEDS[name])
    assert made
    assert not [one.message for _, one in made if isinstance(one, InputError)]
    if name not in ("quads", "trig"):
        assert any(isinstance(one, Article) and one.paragraphs for _, one in made)


@pytest.mark.parametrize("name", sorted(GRAMMARS))
def test_whatever_comes_ends_in_articles_or_errors_of_ours(name: str) -> None:
    @FEW
    @given(GRAMMARS[name], CLAIMS)
    def holds(data: bytes, claim: str | None) -> None:
        check(data, claim)

    holds()


@pytest.mark.long
@pytest.mark.parametrize("name", sorted(GRAMMARS))
def test_thousands_more_end_so(name: str) -> None:
    @MANY
    @given(GRAMMARS[name], CLAIMS)
    def holds(data: bytes, claim: str | None) -> None:
        check(data, claim)

    holds()


#: Where a seed grows: a part that may stand there any number of times.
GROWING = {
    "page": (b"\n\n" + fuzz_seeds.SECOND.encode(), fuzz_seeds.PAGE.index(b"\n\nNobody")),
    "html": (f"<p>{fuzz_seeds.FIRST}</p>".encode(), fuzz_seeds.HTML.index(b"<h2>")),
    "rss": (b"<item><title>x</title></item>", fuzz_seeds.RSS.index(b"<item>")),
    "nitf": (b"<p>Boats.</p>", fuzz_seeds.PLAIN["nitf"].index(b"<hl2>")),
    "newsml-g2": (b'<subject literal="a"><name>a</name></subject>', fuzz_seeds.NEWSML_G2.index(b"<headline>")),
    "json-lines": (fuzz_seeds.PLAIN["record"] + b"\n", 0),
    "json-array": (json.dumps({"a": fuzz_seeds.FIRST * 10}).encode() + b", ", 1),
    "quads": (fuzz_seeds.QUADS, 0),
    "warc": (fuzz_seeds.warc(fuzz_seeds.PAGE), 0),
    "tar": (fuzz_seeds.tarred({"a": fuzz_seeds.PAGE})[:2048], 0),
}


def _work(data: bytes) -> tuple[int, int]:
    """Bytes that are held at most while the data is read, and characters of all that comes out."""
    tracemalloc.start()
    try:
        made = outcomes(data, limit=1 << 26)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    return peak, sum(len(repr(one)) for _, one in made)


@pytest.mark.long
@pytest.mark.parametrize("name", sorted(GROWING))
def test_memory_and_output_grow_no_faster_than_the_document(name: str) -> None:
    part, at = GROWING[name]
    seed = fuzz_seeds.SEEDS[name]
    small, large = (seed[:at] + part * (size // len(part)) + seed[at:] for size in (50_000, 200_000))
    outcomes(small)  # what is imported late counts for neither
    (held, came), (held_later, came_later) = _work(small), _work(large)
    assert held_later < 6 * held, (held, held_later)
    assert came_later < 6 * came, (came, came_later)
    assert held_later < 200 * len(large), held_later


@pytest.mark.parametrize("find", sorted(FINDS.iterdir()), ids=lambda one: one.name)
def test_what_fuzzing_found_stays_mended(find: Path) -> None:
    data = find.read_bytes()
    for claim in atheris_readers.CLAIMS:
        check(data, claim)


@pytest.mark.parametrize("name", sorted(fuzz_seeds.SEEDS))
def test_a_document_that_is_cut_anywhere_ends_so_too(name: str) -> None:
    data = fuzz_seeds.SEEDS[name]
    for end in range(1, len(data), max(1, len(data) // 12)):
        check(data[:end], twice=False)


@pytest.mark.skipif(
    find_spec("atheris") is None, reason="atheris is not installed: pip install atheris to fuzz by coverage"
)
def test_the_harness_of_atheris_takes_every_seed() -> None:
    for data in fuzz_seeds.SEEDS.values():
        atheris_readers.one_input(b"\0" + data)


def test_the_harness_of_atheris_raises_what_breaks_a_rule(monkeypatch: pytest.MonkeyPatch) -> None:
    def wrong(data: bytes, claim: str | None, *, twice: bool) -> None:
        raise AssertionError((data, claim, twice))

    monkeypatch.setattr("fuzz_outcome.check", wrong)
    with pytest.raises(AssertionError, match="b'x', 'text/html', False"):
        atheris_readers.one_input(b"\x01x")
