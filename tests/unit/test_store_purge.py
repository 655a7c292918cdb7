"""Legal removal: of a purged article no byte is left in the store, and of everything else not one is lost."""

from __future__ import annotations

import itertools
import json
import re
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from publication import Publication, document, statuses
from purge_fixture import (
    BODY,
    FIRST,
    HEAD,
    PERSON,
    QUOTE,
    WORDS,
    article,
    copied,
    files,
    found,
    logical,
    other,
    printed,
    purge,
    secret,
)
from pyoxigraph import Literal, NamedNode, Triple
from store_fixture import BASE, IRIS

from kg import cli, pipeline
from kg.errors import StoreError, StoreLocked, UsageError
from kg.model import Rights, Source
from kg.pipeline.versions import newest
from kg.reads.state import state
from kg.store import Store
from kg.vocab import NKG, SCHEMA


def stories(store: Store) -> dict[str, set[str]]:
    """The quads of every kept snapshot, as N-Quads lines."""
    made = {}
    for snapshot in store.snapshots():
        with store.reader(snapshot.info.id) as reader:
            made[snapshot.info.id] = {str(quad) for quad in reader.rdf}
    return made


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Publication:
    """Made once; each test works on a copy."""
    return printed(tmp_path_factory.mktemp("printed"))


@pytest.fixture
def press(original: Publication, tmp_path: Path) -> Publication:
    return copied(original, tmp_path)


@pytest.fixture
def gone(press: Publication) -> str:
    """The page of the article that is to go."""
    return article(press)


# ---- nothing is left ----------------------------------------------------------------------------------------------


def test_before_the_purge_the_words_are_found_in_every_kind_of_file(press: Publication) -> None:
    places = "\n".join(found(press.store.path, *WORDS))
    for kind in (r"rdf/\d+\.(sst|log)", r"text/.*\.(store|term|pos)", r"changes\.nq\.gz \(unpacked\)", r"sources/"):
        assert re.search(kind, places), kind
    assert logical(press.store, *WORDS)


def test_after_the_purge_no_file_of_the_store_has_a_word_of_the_article(press: Publication, gone: str) -> None:
    done = purge(press, gone)
    assert done.complete
    assert found(press.store.path, *WORDS) == []
    assert logical(press.store, *WORDS) == []


def test_the_headline_is_left_in_no_file_but_as_words_of_the_iri(press: Publication, gone: str) -> None:
    purge(press, gone)
    assert all(gone in line for line in logical(press.store, HEAD))
    as_printed = [name for name, data in files(press.store.path) if HEAD.encode() in data]
    assert as_printed == []  # an IRI has it in lower case


def test_a_forgotten_iri_is_in_no_file_and_its_address_still_says_gone(press: Publication, gone: str) -> None:
    purge(press, gone, forget=True)
    assert found(press.store.path, *WORDS, HEAD) == []
    assert logical(press.store, *WORDS, HEAD) == []
    with press.store.reader() as reader:
        assert reader.state(gone) == "gone"
        assert state(reader, gone).reason == "court order 7 K 12/26"
        assert state(reader, gone + "x").name == "unknown"


def test_source_bytes_and_refused_versions_are_deleted_and_those_of_others_stay(press: Publication, gone: str) -> None:
    before = {kept.sha256 for kept in press.store.sources.all() if kept.origin != "secret.txt"}
    assert list((press.store.path / "quarantine").iterdir())
    done = purge(press, gone)
    assert {kept.sha256 for kept in press.store.sources.all()} == before
    assert all(press.store.sources.load(sha) for sha in before)
    assert not list((press.store.path / "quarantine").iterdir())
    assert any(name.startswith("sources/") for name in done.erased)


# ---- everything else is as it was ---------------------------------------------------------------------------------


def test_the_quads_of_all_other_articles_are_the_same_in_every_snapshot(press: Publication, gone: str) -> None:
    before = stories(press.store)
    done = purge(press, gone)
    after = stories(press.store)
    assert set(after) == {*before, done.snapshot}
    shas = {kept.sha256 for kept in press.store.sources.all()}
    for name, lines in before.items():
        came, went = after[name] - lines, lines - after[name]
        assert all(gone in line or "purge" in line or "/activities/" in line for line in came), came
        for line in went:
            mine = gone in line or gone.rpartition("/")[2] in line or any(thing in line for thing in done.things)
            assert mine or "/activities/" in line or "ni:///sha-256" in line, line
            assert not any(sha in line for sha in shas)
    assert all(any("Bridge number 0" in line for line in after[name]) for name in list(after)[1:])


def test_every_snapshot_is_whole_afterwards_and_says_that_it_was_purged(press: Publication, gone: str) -> None:
    done = purge(press, gone)
    for snapshot in press.store.snapshots():
        assert press.store.verify(snapshot.info.id).findings == ()
        assert len(snapshot.info.purged) == 1
    assert done.rewritten == tuple(s.info.id for s in press.store.snapshots())[:-1]
    digests = {entry.id: entry.digest for entry in press.store.known()}
    assert all(digests[s.info.id] == s.info.digest for s in press.store.snapshots())


def test_logs_still_lead_from_each_snapshot_to_the_next(press: Publication, gone: str) -> None:
    purge(press, gone)
    names = [s.info.id for s in press.store.snapshots()]
    lines = stories(press.store)
    assert [s.info.changes for s in press.store.snapshots()] == [False] + [True] * (len(names) - 1)
    for before, after in itertools.pairwise(names):
        steps = list(press.store.diff(before, after))
        assert {str(q) for s, q in steps if s == "+"} == lines[after] - lines[before]
        assert {str(q) for s, q in steps if s == "-"} == lines[before] - lines[after]


def test_search_finds_the_other_articles_in_every_snapshot_as_before(press: Publication, gone: str) -> None:
    def hits() -> dict[str, list[list[str]]]:
        made = {}
        for snapshot in press.store.snapshots():
            with press.store.reader(snapshot.info.id) as reader:
                asked = [reader.text.search(q, limit=50).hits for q in ("bridge", "Kampen", "Sanne", "ministry")]
                made[snapshot.info.id] = [sorted(h.page for h in some) for some in asked]
        return made

    before = hits()
    done = purge(press, gone)
    left = {gone, *done.things}
    after = hits()
    assert {n: [[p for p in some if p not in left] for some in lists] for n, lists in before.items()} == {
        n: [[p for p in some if p not in left] for some in lists] for n, lists in after.items() if n in before
    }


def test_kept_snapshots_share_their_files_after_a_purge(press: Publication, gone: str) -> None:
    purge(press, gone)
    linked = [f for f in (press.store.path / "snapshots").rglob("*.sst") if f.stat().st_nlink > 1]
    assert len(linked) > 10


def test_retired_facts_go_too_and_every_snapshot_is_whole(press: Publication, gone: str) -> None:
    with press.store.begin(time=press.now()) as draft:
        draft.retire(gone, reason=f"{QUOTE} was wrong")
        draft.commit()
    purge(press, gone)
    assert found(press.store.path, *WORDS) == []
    assert logical(press.store, *WORDS) == []
    assert all(press.store.verify(s.info.id).findings == () for s in press.store.snapshots())


def test_a_thing_with_a_row_of_its_own_stays_and_is_found(press: Publication, gone: str) -> None:
    with press.store.reader() as reader:
        person = next(h.page for h in reader.text.search(PERSON, kind="thing").hits)
    node = IRIS.of_page(person)
    with press.store.begin(time=press.now()) as draft:
        draft.put_thing([Triple(node, SCHEMA.name, Literal("Imra Curated", language="en"))])
        draft.commit()
    purge(press, gone)
    assert found(press.store.path, BODY, FIRST, QUOTE) == []
    with press.store.reader() as reader:
        assert reader.state(person) == "live"
        assert [h.page for h in reader.text.search("Curated", kind="thing").hits] == [person]
        assert not reader.text.search(PERSON).total
        names = [q.object for q in reader.rdf.quads_for_pattern(node, SCHEMA.name, None, None)]
        assert {str(name) for name in names} == {'"Imra Curated"@en'}
    assert all(press.store.verify(s.info.id).findings == () for s in press.store.snapshots())


def test_a_thing_that_others_name_stays_and_loses_the_names_only_the_article_gave_it(
    press: Publication, gone: str
) -> None:
    with press.store.reader() as reader:
        before = {h.page for h in reader.text.search("Ministry of Infrastructure", kind="thing").hits}
    done = purge(press, gone)
    with press.store.reader() as reader:
        assert {h.page for h in reader.text.search("Ministry of Infrastructure", kind="thing").hits} == before
        for thing in done.things:
            if reader.state(thing) is None:
                assert not reader.rdf.query(f"ASK {{ GRAPH ?g {{ ?s ?p <{thing}#id> }} }}")
    assert any("zorquavel" in thing for thing in done.things)


# ---- it lasts -----------------------------------------------------------------------------------------------------


def test_ingesting_the_article_again_leaves_it_alone_unless_told_to_republish(press: Publication, gone: str) -> None:
    purge(press, gone)
    assert list(statuses(press.add(document(secret(2), "secret.txt")))) == ["unchanged"]
    (outcome,) = press.add(document(secret(3), "secret.txt"))
    assert outcome.status == "unchanged"
    assert "--republish" in (outcome.reason or "")
    assert found(press.store.path, *WORDS) == []
    (outcome,) = press.add(document(secret(2), "secret.txt"), republish=True)
    assert (outcome.status, outcome.iri) == ("updated", gone)
    with press.store.reader() as reader:
        version = newest(reader.rdf, IRIS, gone)
        assert version is not None
        assert version.number == 3


def test_restoring_any_old_snapshot_does_not_bring_the_article_back(press: Publication, gone: str) -> None:
    purge(press, gone)
    for snapshot in press.store.snapshots():
        press.store.restore(snapshot.info.id, time=press.now())
        with press.store.reader() as reader:
            assert reader.state(gone) == "gone"
        assert press.store.verify().findings == ()
        assert list(statuses(press.add(document(secret(2), "secret.txt")))) == ["unchanged"]
    assert found(press.store.path, *WORDS) == []


def test_an_article_that_was_withdrawn_before_can_be_purged(press: Publication, gone: str) -> None:
    pipeline.remove(press.store, gone, time=press.now(), reason="wzkremovalreasonqx", holder="test")
    press.store.prune(keep_last=1, time=press.now())
    press.store.unpin(press.store.snapshots()[0].info.id, time=press.now())
    press.store.prune(keep_last=1, time=press.now())
    assert len(press.store.snapshots()) == 1
    assert found(press.store.path, BODY)
    done = purge(press, gone)
    assert found(press.store.path, *WORDS, "wzkremovalreasonqx") == []
    assert logical(press.store, *WORDS, "wzkremovalreasonqx") == []
    assert any("zorquavel" in thing for thing in done.things)
    with press.store.reader() as reader:
        assert state(reader, gone).reason == "court order 7 K 12/26"


def test_an_article_that_only_a_log_still_tells_of_can_be_purged(tmp_path: Path) -> None:
    press = Publication.make(tmp_path, snapshots__keep_last=5)
    press.add(document(other(0), "0.txt"))
    before = press.store.current_id()
    press.add(document(secret(), "secret.txt"))
    page = article(press)
    press.store.restore(before, time=press.now())
    press.add(document(other(1), "1.txt"))
    press.store.pin(before, time=press.now())
    press.store.prune(keep_last=2, time=press.now())
    with press.store.reader() as reader:
        assert reader.state(page) is None
    assert found(press.store.path / "snapshots", *WORDS)
    purge(press, page)
    assert found(press.store.path, *WORDS) == []
    assert list(statuses(press.add(document(secret(), "secret.txt")))) == ["unchanged"]


def test_purging_again_can_forget_the_iri_too(press: Publication, gone: str) -> None:
    purge(press, gone)
    purge(press, gone, forget=True)
    assert found(press.store.path, *WORDS, HEAD) == []
    assert logical(press.store, *WORDS, HEAD) == []
    assert [s.info.purged for s in press.store.snapshots() if len(s.info.purged) != 2][1:] == []


def test_a_person_whom_only_an_earlier_version_named_is_forgotten_though_its_snapshots_are_pruned(
    tmp_path: Path,
) -> None:
    press = Publication.make(tmp_path, snapshots__keep_last=1)
    press.add(document(other(0), "0.txt"), document(secret(), "secret.txt"))
    corrected = secret(2).replace(b"Imra Zorquavel", b"Lotte Brandsma").replace(b"Zorquavel", b"Brandsma")
    press.add(document(corrected, "secret.txt"))
    press.add(document(corrected.replace(b"in the end", b"at last"), "secret.txt"))
    assert len(press.store.snapshots()) == 1
    assert logical(press.store, PERSON)
    preparer = pipeline.Preparer.of(pipeline.table(press.settings))
    purge(press, article(press), preparer=preparer)
    assert logical(press.store, *WORDS) == []
    assert found(press.store.path, *WORDS) == []


def test_copies_of_a_purged_lead_get_a_new_lead(tmp_path: Path) -> None:
    press = Publication.make(tmp_path)
    leader = Source(name="wires", rights=Rights.OWN, priority=9)
    press.add(
        document(secret(2), "a.txt", leader),
        document(secret(2).replace(b"in the end", b"at last"), "b.txt"),
        document(secret(2).replace(b"in the end", b"soon"), "c.txt"),
    )

    def links() -> list[tuple[str, str]]:
        with press.store.reader() as reader:
            quads = reader.rdf.quads_for_pattern(None, NKG.copyOf, None, IRIS.things_graph)
            return sorted((q.subject.value, q.object.value) for q in quads)  # type: ignore[union-attr]

    lead = links()[0][1]
    assert {to for _, to in links()} == {lead}
    others = sorted(one for one, _ in links())
    assert len(others) == 2
    purge(press, lead.removesuffix("#id"))
    assert {frozenset(link) for link in links()} == {frozenset(others)}
    with press.store.reader() as reader:
        assert reader.state(lead.removesuffix("#id")) == "gone"
        assert not list(reader.rdf.quads_for_pattern(NamedNode(lead.removesuffix("#id")), NKG.sketch, None, None))
    assert all(press.store.verify(s.info.id).findings == () for s in press.store.snapshots())


# ---- what people see ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("forget", [False, True])
def test_the_address_answers_410_with_the_reason_and_those_of_its_own_things_404(
    press: Publication, gone: str, forget: bool
) -> None:
    from server import create_app

    client = create_app(press.settings, store=press.store).test_client()
    path = gone.removeprefix(BASE)
    assert client.get(path).status_code == 200
    done = purge(press, gone, forget=forget)
    answer = client.get(path, headers={"Accept": "text/html"})
    assert answer.status_code == 410
    assert "court order 7 K 12/26" in answer.text
    assert client.get(path + ".ttl").status_code == 410
    (person,) = [thing for thing in done.things if "zorquavel" in thing]
    assert client.get(person.removeprefix(BASE)).status_code == 404
    shown = "".join(client.get(p).text for p in ("/", "/feed.atom", "/sitemap.xml", f"/search?q={BODY}"))
    assert not any(word in shown for word in (FIRST, PERSON, QUOTE, HEAD, HEAD.lower()))


def test_the_command_says_what_it_did_and_what_is_left_to_do_by_hand(
    press: Publication, gone: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def run(*arguments: str) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as ended:
            cli.main(["--store", str(press.store.path), *arguments])
        said = capsys.readouterr()
        return int(ended.value.code or 0), said.out, said.err

    monkeypatch.chdir(press.folder)
    monkeypatch.setenv("KG_BASE_IRI", BASE)
    assert run("purge", gone)[0] == 2  # without a reason
    old = press.store.snapshots()[0].info.id
    with press.store.reader(old):
        code, out, _ = run("--json", "purge", gone, "--reason", "court order", "--wait", "0")
        row = json.loads(out)
        assert (code, row["complete"], [one["id"] for one in row["in_use"]]) == (3, False, [old])
        code, out, _ = run("purge", gone, "--reason", "court order", "--wait", "0")
        assert code == 3
        assert f"STILL THERE in snapshot {old}" in out
        assert "run the same command again" in out
    code, out, err = run("purge", gone, "--reason", "court order")
    assert code == 0
    assert f"rewritten  {old}" in out
    assert "backups" in err
    assert found(press.store.path, *WORDS) == []
    assert run("purge", f"{BASE}/articles/none-00000000", "--reason", "x")[0] == 2


# ---- what cannot be purged ----------------------------------------------------------------------------------------


def test_an_unknown_article_a_thing_and_an_empty_reason_are_refused_and_nothing_changes(
    press: Publication, gone: str
) -> None:
    before = stories(press.store)
    with pytest.raises(UsageError, match="no kept snapshot knows"):
        purge(press, f"{BASE}/articles/nothing-12345678")
    with press.store.reader() as reader:
        thing = next(h.page for h in reader.text.search("Kampen", kind="thing").hits)
    with pytest.raises(UsageError, match=r"is a thing.*name it"):
        purge(press, thing + "#id")
    with pytest.raises(UsageError, match="reason"):
        pipeline.purge(press.store, gone, time=press.now(), reason=" ")
    with pytest.raises(UsageError, match="no article of this publication"):
        purge(press, "https://elsewhere.example/articles/x-12345678")
    assert stories(press.store) == before


def test_a_snapshot_that_is_read_is_named_and_the_same_call_again_completes_the_purge(
    press: Publication, gone: str
) -> None:
    old = press.store.snapshots()[2].info.id
    with press.store.reader(old) as reader:
        done = purge(press, gone)
        assert [one for one, _ in done.in_use] == [old]
        assert "pid" in done.in_use[0][1][0]
        assert sum(BODY in str(quad) for quad in reader.rdf)  # the reader sees what it saw
        with press.store.reader() as now:
            assert now.state(gone) == "gone"
        with pytest.raises(StoreError, match="not finished"):
            press.store.restore(old, time=press.now())
    assert found(press.store.path, BODY)
    press.add(document(other(5), "5.txt"))
    assert purge(press, gone).complete
    assert found(press.store.path, *WORDS) == []
    assert all(press.store.verify(s.info.id).findings == () for s in press.store.snapshots())


def test_a_purge_waits_for_no_other_publisher_but_says_who_it_is(press: Publication, gone: str) -> None:
    with (
        press.store.begin(time=press.now(), holder="kg ingest desk"),
        pytest.raises(StoreLocked, match="kg ingest desk"),
    ):
        purge(press, gone)


# ---- files beside the snapshots -----------------------------------------------------------------------------------


def test_bytes_that_another_article_came_with_stay_and_are_named(press: Publication) -> None:
    press.add(document(secret(2), "copy.txt", Source(name="wires", rights=Rights.OWN)))
    with press.store.reader() as reader:
        first, second = sorted(p for p in reader.articles() if HEAD.lower() in p)
        mine = first if reader.lookup("article:path:desk/secret.txt") == first else second
    done = purge(press, mine)
    (theirs,) = {first, second} - {mine}
    assert [pages for _, pages in done.shared] == [(theirs,)]
    with press.store.reader() as reader:
        assert BODY in "".join(str(q) for q in reader.rdf.quads_for_pattern(None, None, None, None))
    assert press.store.verify().findings == ()


def test_documents_that_wait_journals_and_databases_of_the_article_are_erased(press: Publication, gone: str) -> None:
    root = press.store.path
    held = {"key": "path:desk/secret.txt", "origin": "secret.txt", "media_type": None, "embargo": "2099", "source": {}}
    for name, row in (("a", held), ("b", {**held, "key": "path:desk/x.txt", "origin": "x.txt"})):
        (root / "waiting").mkdir(exist_ok=True)
        (root / "waiting" / f"{name}.waiting").write_bytes(
            json.dumps(row).encode() + b"\n" + BODY.encode() * (name == "a")
        )
    (root / "runs").mkdir()
    lines = [json.dumps({"key": f"path:desk/{n}.txt", "origin": f"{n}.txt"}) for n in ("secret", "0")]
    (root / "runs" / "1.jsonl").write_text("\n".join(lines) + "\n")
    (root / "watch").mkdir()
    with closing(sqlite3.connect(root / "watch" / "state.db")) as base:
        base.execute("CREATE TABLE seen (key TEXT, title TEXT)")
        base.executemany("INSERT INTO seen VALUES (?, ?)", [("path:desk/secret.txt", BODY), ("path:desk/0.txt", "x")])
        base.commit()
    done = purge(press, gone)
    assert {"waiting/a.waiting", "runs/1.jsonl", "watch/state.db"} <= set(done.erased)
    assert (root / "waiting" / "b.waiting").exists()
    assert (root / "runs" / "1.jsonl").read_text() == lines[1] + "\n"
    assert found(root, *WORDS, "desk/secret.txt") == []
    with closing(sqlite3.connect(root / "watch" / "state.db")) as base:
        assert base.execute("SELECT key FROM seen").fetchall() == [("path:desk/0.txt",)]
    assert done.mentions == ()


def test_descriptions_of_snapshots_go_because_their_examples_name_people(press: Publication, gone: str) -> None:
    folder = press.store.path / "described"
    folder.mkdir()
    kept = folder / f"{press.store.current_id()}.nt"
    kept.write_text(f'<a:a> <a:b> "SELECT * {{ ?s ?p \\"{PERSON}\\" }}" .\n', encoding="utf-8")
    done = purge(press, gone)
    assert not kept.exists()
    assert f"described/{kept.name}" in done.erased
    assert found(press.store.path, PERSON) == []


def test_a_file_that_names_the_origin_and_cannot_be_cut_is_shown(press: Publication, gone: str) -> None:
    (press.store.path / "notes.txt").write_text("read path:desk/secret.txt again\n")
    assert purge(press, gone).mentions == ("notes.txt",)
