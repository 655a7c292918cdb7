"""Models of others: what they say is brought back to the text and checked; what is missing is said with its line."""

from __future__ import annotations

import importlib
import json
import socket
import sys
import threading
import tomllib
from collections.abc import Iterable, Iterator, Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.metadata import entry_points
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from kg import annotate, authority
from kg.adapters import gliner, http, spacy
from kg.adapters.proposer import Found, Proposer, classes, windows
from kg.annotate import lay_out
from kg.authority import Table
from kg.errors import ConfigError, EngineUnavailable, InputError, MissingDependency, TooLarge
from kg.fetch import Service
from kg.model import Annotation, Article, Field, Paragraph, Section, Span, Text

NOBODY = Table()
ARTICLE = Article(
    "Tovald opens its quay",
    (
        Paragraph("Mirela Voss cut the ribbon in Tovald. “At last,” she said — 🎉 — to Idris Okonjo."),
        Paragraph("The Varga Institute paid for half of it."),
    ),
    language="en",
)
LABELS = {"Person": ("Person", "Person"), "Place": ("Place", "Place"), "City": ("Place", "City")}


def words_of(text: Text, made: Iterable[Annotation]) -> list[tuple[str, str | None]]:
    return [(one.span.of(text.text), one.type) for one in made]


def saying(*found: Found) -> Proposer:
    return Proposer("model", "1", lambda texts: [list(found) for _ in texts], LABELS, size=10_000)


def one_window(words: str) -> Text:
    whole = Span(0, len(words))
    return Text(words, (Field("body", whole),), (Section("paragraph", whole, "body"),))


# ---- windows ------------------------------------------------------------------------------------------------------


def test_windows_hold_whole_paragraphs_of_one_field_and_give_all_of_the_text_once() -> None:
    text = lay_out(ARTICLE)
    made = list(windows(text, 10_000))
    assert [one.words for one in made] == [ARTICLE.headline, ARTICLE.body]
    assert all(text.text[one.start :].startswith(one.words) for one in made)


@pytest.mark.parametrize("size", [1, 7, 30, 64])
def test_long_texts_are_cut_at_blanks_where_there_are_any_and_lose_nothing(size: int) -> None:
    text = one_window("word " * 40 + "x" * 100 + " end")
    made = list(windows(text, size))
    assert all(len(one.words) <= size for one in made)
    covered = {at for one in made for at in range(one.start, one.start + len(one.words))}
    assert {at for at, char in enumerate(text.text) if char != " "} <= covered


def test_offsets_are_brought_back_from_every_window() -> None:
    text = lay_out(ARTICLE)

    def predict(texts: Sequence[str]) -> Iterator[list[Found]]:
        for one in texts:
            at = one.find("Okonjo")
            yield [(at, at + 6, "Person", 0.9)] if at >= 0 else []

    for size in (12, 30, 60, 1000):
        made = Proposer("model", "1", predict, LABELS, size=size).annotate(text, {})
        assert words_of(text, made) == [("Okonjo", "Person")], size


# ---- hostile answers ----------------------------------------------------------------------------------------------


def test_bad_answers_are_left_out_and_counted_and_the_good_ones_stay() -> None:
    text = one_window("Mirela Voss spoke.")
    model = saying(
        (0, 11, "City", 0.5),
        (-1, 4, "Person", 0.5),
        (4, 4, "Person", 0.5),
        (0, 99, "Person", 0.5),
        (0.0, 4, "Person", 0.5),
        (True, 4, "Person", 0.5),
        (0, 4, "Animal", 0.5),
        (0, 4, None, 0.5),
        (0, 4, "Person", float("nan")),
        (0, 4, "Person", "high"),
        (0, 4, "Person", 7),
        ("0", "4"),  # type: ignore[arg-type]
    )
    (made,) = model.annotate(text, {})
    assert (made.span, made.type, made.args, made.by) == (Span(0, 11), "City", {"kind": "Place"}, "model@1")
    assert model.dropped == {
        "a span outside the text": 5,
        "an unknown label": 1,
        "a label that is no text": 1,
        "a score that is no number": 2,
        "a score that is not between 0 and 1": 1,
        "no span with a label and a score": 1,
    }


def test_labels_known_and_unwanted_are_not_counted() -> None:
    model = Proposer("model", "1", lambda _: [[(0, 4, "DATE", 1.0)]], LABELS, size=99, ignored=frozenset({"DATE"}))
    assert not list(model.annotate(one_window("2026 was wet"), {}))
    assert not model.dropped


def test_an_endless_answer_is_cut_and_counted() -> None:
    def endless() -> Iterator[Found]:
        while True:
            yield 0, 4, "Person", 0.5

    model = Proposer("model", "1", lambda texts: [endless() for _ in texts], LABELS, size=99)
    assert len(list(model.annotate(one_window("Voss spoke."), {}))) == 20_000
    assert model.dropped["too many answers for one text"] > 0


@pytest.mark.parametrize(
    ("predict", "reason"),
    [
        (lambda _: [], "it answered for 0 texts when asked about 1"),
        (lambda _: [[], []], "it answered for 2 texts when asked about 1"),
        (lambda _: [None], "TypeError"),
        (lambda _: 1 / 0, "ZeroDivisionError: division by zero"),
    ],
)
def test_an_answer_that_is_none_names_the_annotator_and_is_an_error_of_the_document(predict: Any, reason: str) -> None:
    model = Proposer("model", "1", predict, LABELS, size=99)
    with pytest.raises(InputError, match=f"annotator 'model' failed: .*{reason}"):
        list(model.annotate(one_window("Voss spoke."), {}))


def test_labels_map_to_classes_of_the_five_kinds_only() -> None:
    assert classes("m", {"town": "City"}, {}) == {"town": ("Place", "City")}
    with pytest.raises(ConfigError, match="label 'pet' stands for 'Animal'"):
        classes("m", {"pet": "Animal"}, {})
    with pytest.raises(ConfigError, match="labels must be a table"):
        classes("m", ["person"], {})


# ---- spaCy --------------------------------------------------------------------------------------------------------


def test_without_spacy_the_line_that_installs_it_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "spacy", None)
    with pytest.raises(MissingDependency, match=r"pip install 'newsgraph\[spacy\]'"):
        spacy.annotator(NOBODY)


def _spacy() -> Any:
    return pytest.importorskip("spacy", reason="spaCy is not installed (pip install 'newsgraph[spacy]')")


@pytest.fixture
def pipeline(tmp_path: Path) -> Path:
    """A real spaCy pipeline on disk, of rules instead of weights."""
    made = _spacy().blank("en")
    ruler = made.add_pipe("entity_ruler")
    ruler.add_patterns(
        [
            {"label": "PERSON", "pattern": "Mirela Voss"},
            {"label": "GPE", "pattern": "Tovald"},
            {"label": "ORG", "pattern": "The Varga Institute"},
            {"label": "CARDINAL", "pattern": "half"},
            {"label": "PERSON", "pattern": "Idris Okonjo"},
        ]
    )
    made.to_disk(tmp_path / "tovald_rules")
    return tmp_path / "tovald_rules"


def test_a_spacy_pipeline_proposes_with_offsets_in_code_points(pipeline: Path) -> None:
    model = spacy.annotator(NOBODY, model=str(pipeline))
    text = lay_out(ARTICLE)
    assert words_of(text, model.annotate(text, {})) == [
        ("Tovald", "Place"),
        ("Mirela Voss", "Person"),
        ("Tovald", "Place"),
        ("Idris Okonjo", "Person"),
        ("The Varga Institute", "Organization"),
    ]
    assert not model.dropped
    assert model.version.startswith("tovald_rules-")
    assert str(pipeline.parent) not in model.version, "a path of this machine is nobody's business"


def test_a_spacy_pipeline_votes_in_the_chain(pipeline: Path) -> None:
    table = authority.default()
    chain = annotate.joined(table, [spacy.annotator(table, model=str(pipeline))])
    made = annotate.annotate(ARTICLE, authority=table, annotators=chain)
    voted = {one.span.of(made.text.text): one.args.get("votes", ()) for one in made.layers if one.kind == "name"}
    assert any(by.startswith("spacy@") for by in voted["Mirela Voss"])  # type: ignore[attr-defined]
    assert "Varga Institute" in voted


def test_a_spacy_model_that_is_not_there_is_said_with_its_line() -> None:
    _spacy()
    with pytest.raises(MissingDependency, match="python -m spacy download xx_no_such_model"):
        spacy.annotator(NOBODY, model="xx_no_such_model")


# ---- GLiNER: its seam with a stand-in; no weights were run here -----------------------------------------------------


class FakeGliner:
    """What the adapter needs of ``gliner.GLiNER``, with answers in the shape that 0.2 gives them."""

    asked: dict[str, Any]

    @classmethod
    def from_pretrained(cls, model_id: str, *, local_files_only: bool) -> FakeGliner:
        assert local_files_only, "nothing is downloaded behind the operator's back"
        if model_id == "nobody/none":
            raise FileNotFoundError("nobody/none is not on this machine")
        return cls()

    def inference(
        self, texts: list[str], labels: list[str], flat_ner: bool, threshold: float, batch_size: int
    ) -> list[list[dict[str, Any]]]:
        FakeGliner.asked = {"labels": labels, "threshold": threshold, "longest": max(map(len, texts))}
        answers: list[list[dict[str, Any]]] = []
        for text in texts:
            at = text.find("Mirela Voss")
            found = {"start": at, "end": at + 11, "text": "Mirela Voss", "label": "person", "score": 0.93}
            answers.append([found] if at >= 0 else [])
        return answers


@pytest.fixture
def fake_gliner(monkeypatch: pytest.MonkeyPatch) -> None:
    module = ModuleType("gliner")
    module.GLiNER = FakeGliner  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "gliner", module)


@pytest.mark.usefixtures("fake_gliner")
def test_gliner_is_asked_for_its_labels_in_windows() -> None:
    model = gliner.annotator(NOBODY, model="nobody/some-v2.1", floor=0.4, window=40)
    text = lay_out(ARTICLE)
    (made,) = model.annotate(text, {})
    assert (made.span.of(text.text), made.type, made.score) == ("Mirela Voss", "Person", 0.93)
    assert FakeGliner.asked["labels"] == sorted(gliner.LABELS)
    assert FakeGliner.asked["threshold"] == 0.4
    assert FakeGliner.asked["longest"] <= 40
    assert model.version.startswith("nobody/some-v2.1+")


@pytest.mark.usefixtures("fake_gliner")
def test_gliner_weights_that_are_not_there_are_said_with_their_line() -> None:
    with pytest.raises(MissingDependency, match=r"GLiNER.from_pretrained\(\"nobody/none\"\)"):
        gliner.annotator(NOBODY, model="nobody/none")


def test_without_gliner_the_line_that_installs_it_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "gliner", None)
    with pytest.raises(MissingDependency, match=r"pip install 'newsgraph\[gliner\]'"):
        gliner.annotator(NOBODY)


# ---- a model behind an address ------------------------------------------------------------------------------------


class Server:
    """A real HTTP server whose answers a test decides: ``reply`` gets the texts and gives (status, body)."""

    def __init__(self) -> None:
        self.requests: list[list[str]] = []
        self.tokens: list[str | None] = []
        self.reply: Any = self.found
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                size = int(self.headers["Content-Length"])
                texts = json.loads(self.rfile.read(size))["texts"]
                outer.requests.append(texts)
                outer.tokens.append(self.headers["Authorization"])
                status, body = outer.reply(texts)
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                pass

        class Http(ThreadingHTTPServer):
            def handle_error(self, *_: object) -> None:
                """A client that hangs up in the middle of an answer is what some tests are about."""

        self.http = Http(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.http.server_address[1]}/annotate"
        self.thread = threading.Thread(target=self.http.serve_forever, args=(0.01,))
        self.thread.start()

    def found(self, texts: list[str]) -> tuple[int, bytes]:
        annotations = []
        for text in texts:
            at = text.find("Idris Okonjo")
            annotations.append([{"start": at, "end": at + 12, "type": "Person", "score": 0.9}] if at >= 0 else [])
        return 200, json.dumps({"annotations": annotations, "model": "news tagger", "version": "3.1"}).encode()

    def close(self) -> None:
        self.http.shutdown()
        self.thread.join()
        self.http.server_close()


@pytest.fixture
def server() -> Iterator[Server]:
    made = Server()
    yield made
    made.close()


def test_a_model_behind_an_address_is_asked_in_batches_and_names_itself(server: Server) -> None:
    model = http.annotator(NOBODY, endpoint=server.url, batch=2, window=60)
    text = lay_out(ARTICLE)
    (made,) = model.annotate(text, {})
    assert (made.span.of(text.text), made.score) == ("Idris Okonjo", 0.9)
    assert model.version.startswith("news-tagger.3.1+")
    assert server.requests[0] == []
    assert max(len(one) for one in server.requests) == 2


def test_texts_arrive_as_they_are_and_offsets_count_code_points(server: Server) -> None:
    words = "“🎉🎉” cried Idris Okonjo\u00a0— twice"
    (made,) = http.annotator(NOBODY, endpoint=server.url).annotate(one_window(words), {})
    assert server.requests[-1] == [words]
    assert made.span.of(words) == "Idris Okonjo"


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"<html>oops", "the answer is no JSON"),
        (b"[" * 100_000, "the answer is no JSON"),
        (b"[]", 'no object with a list of "annotations"'),
        (b'{"annotations": 3}', 'no object with a list of "annotations"'),
        (b'{"annotations": []}', "answered for 0 texts when asked about 1"),
        (b'{"annotations": [[], [], []]}', "answered for 3 texts when asked about 1"),
    ],
)
def test_an_answer_against_the_protocol_fails_the_document_and_names_the_model(
    server: Server, body: bytes, reason: str
) -> None:
    model = http.annotator(NOBODY, endpoint=server.url, retries=0, name="tagger")
    server.reply = lambda _: (200, body)
    with pytest.raises(InputError, match=f"annotator 'tagger' failed: .*{reason}"):
        list(model.annotate(one_window("Voss spoke."), {}))
    server.reply = server.found
    assert not list(model.annotate(one_window("Voss spoke."), {})), "the next document is annotated as ever"


def test_wrong_spans_of_a_model_behind_an_address_are_counted(server: Server) -> None:
    model = http.annotator(NOBODY, endpoint=server.url)
    server.reply = lambda _: (
        200,
        b'{"annotations": [[{"start": 0, "end": 4, "type": "Person", "score": NaN}, 3, {"type": "Person"}]]}',
    )
    assert not list(model.annotate(one_window("Voss spoke."), {}))
    assert sum(model.dropped.values()) == 3


def test_an_answer_over_the_limit_is_not_read_to_its_end(server: Server) -> None:
    model = http.annotator(NOBODY, endpoint=server.url, limit=2000)
    server.reply = lambda _: (200, b" " * 50_000_000)
    with pytest.raises(InputError, match=r"annotator 'http' failed: .*over 2,000 bytes"):
        list(model.annotate(one_window("Voss spoke."), {}))


def test_a_busy_model_is_asked_again_and_a_refusal_is_final(server: Server) -> None:
    waited: list[float] = []
    service = Service(server.url, seconds=5, limit=1000, retries=2, sleep=waited.append)
    statuses = [503, 429, 200]
    server.reply = lambda _: (statuses.pop(0), b'{"annotations": []}')
    assert service.post(b'{"texts": []}') == b'{"annotations": []}'
    assert waited == [0.5, 1.0]
    statuses[:] = [404, 200]
    with pytest.raises(InputError, match="answers 404"):
        service.post(b'{"texts": []}')
    assert statuses == [200]


def test_a_token_from_a_file_goes_with_every_request(server: Server, tmp_path: Path) -> None:
    (tmp_path / "token").write_text("s3cret-token\n")
    model = http.annotator(NOBODY, endpoint=server.url, token_file=str(tmp_path / "token"))
    list(model.annotate(one_window("Voss spoke."), {}))
    assert server.tokens == ["Bearer s3cret-token"] * 2
    assert "s3cret" not in model.version
    (tmp_path / "token").write_text("two\nlines")
    with pytest.raises(ConfigError, match="none that a header can hold"):
        http.annotator(NOBODY, endpoint=server.url, token_file=str(tmp_path / "token"))
    with pytest.raises(ConfigError, match="the token cannot be read from"):
        http.annotator(NOBODY, endpoint=server.url, token_file=str(tmp_path / "nowhere"))


def test_redirects_are_not_followed(server: Server) -> None:
    server.reply = lambda _: (302, b"")
    with pytest.raises(InputError, match="answers 302"):
        Service(server.url, seconds=5, limit=1000).post(b'{"texts": []}')


def test_an_answer_too_large_says_so(server: Server) -> None:
    server.reply = lambda _: (200, b"x" * 2000)
    with pytest.raises(TooLarge, match="over 1,000 bytes"):
        Service(server.url, seconds=5, limit=1000).post(b'{"texts": []}')


def test_a_model_that_is_not_there_is_missed_at_the_start() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{free.getsockname()[1]}/annotate"
        with pytest.raises(EngineUnavailable, match="annotator 'http': the model does not answer"):
            http.annotator(NOBODY, endpoint=url, retries=0)


def test_what_answers_and_is_no_model_is_missed_at_the_start(server: Server) -> None:
    server.reply = lambda _: (200, b"hello")
    with pytest.raises(ConfigError, match="the answer is no JSON"):
        http.annotator(NOBODY, endpoint=server.url)
    with pytest.raises(ConfigError, match="needs the address of a model"):
        http.annotator(NOBODY)
    with pytest.raises(ConfigError, match="only http and https addresses"):
        http.annotator(NOBODY, endpoint="ftp://model.example/annotate")


def test_the_entry_points_of_the_package_name_what_is_there(root: Path) -> None:
    file = root / "pyproject.toml"
    if file.exists():
        points = tomllib.loads(file.read_text(encoding="utf-8"))["project"]["entry-points"]["newsgraph.annotators"]
    else:  # the installed wheel is tested
        points = {one.name: one.value for one in entry_points(group="newsgraph.annotators")}
    assert {name: f"kg.adapters.{name}:annotator" for name in ("gliner", "http", "spacy")}.items() <= points.items()
    for value in points.values():
        module, _, function = value.partition(":")
        assert callable(getattr(importlib.import_module(module), function))
