"""The command line as a user meets it: every command, its exit code, its messages. Runs on the built wheel too."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ARTICLE = """The Harbour Gazette
Local

Mayor promises to rebuild the quay

By Ines Calderwood
12 March 2026

The old quay of Kampen will be rebuilt after the storm of last week, the town council decided on Wednesday night.

Lotte Brandsma, the mayor of Kampen, said the town would rebuild the quay. "We will start on Monday," Brandsma said. \
"Nobody should have to wait for another winter," she added.

Brandsma thanked the volunteers who had carried sandbags through the night in Portugal, and told residents that the \
ferry would run again before the end of the month.
"""


def kg(*arguments: str, cwd: Path, stdin: bytes | None = None, **variables: str) -> subprocess.CompletedProcess[bytes]:
    """Run the command in a folder of its own."""
    environment = {key: value for key, value in os.environ.items() if not key.startswith("KG_")} | variables
    command = [sys.executable, "-c", "from kg.cli import main; main()", *arguments]
    return subprocess.run(command, cwd=cwd, env=environment, capture_output=True, input=stdin, timeout=120, check=False)


@pytest.fixture(scope="module")
def news(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A publication made with ``kg init``, holding one article of its own and one of somebody else."""
    folder = tmp_path_factory.mktemp("cli")
    made = kg("init", "news", "--base-iri", "https://news.example", cwd=folder)
    assert made.returncode == 0, made.stderr
    news = folder / "news"
    with (news / "kg.toml").open("a") as file:
        file.write('[[sources]]\nname = "desk"\npath = "in"\nrights = "own"\n')
    (news / "in").mkdir()
    (news / "in" / "quay.txt").write_text(ARTICLE)
    done = kg("ingest", "in", cwd=news)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith(b"stored    in/quay.txt  https://news.example/articles/")
    return news


def test_outside_a_publication_no_store_is_made_by_mistake(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(ARTICLE)
    for arguments in (("ingest", "a.txt"), ("ingest", "nowhere.txt"), ("check",)):
        done = kg(*arguments, cwd=tmp_path)
        assert done.returncode in (2, 3)
        assert b"Traceback" not in done.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["a.txt"]
    assert kg("--store", "here", "ingest", "a.txt", cwd=tmp_path).returncode == 0


def test_a_setting_that_is_fixed_with_the_store_cannot_be_changed_later(tmp_path: Path) -> None:
    made = kg("init", "news", cwd=tmp_path, KG_ANNOTATIONS_IN_DEFAULT_GRAPH="false")
    assert made.returncode == 0, made.stderr
    done = kg("check", cwd=tmp_path / "news")
    assert done.returncode == 2
    assert b"annotations_in_default_graph is true in the settings and false in the store" in done.stderr
    assert kg("check", cwd=tmp_path / "news", KG_ANNOTATIONS_IN_DEFAULT_GRAPH="false").returncode == 0


def test_a_dry_run_says_that_it_is_one(news: Path) -> None:
    done = kg("--json", "ingest", "-", "--dry-run", cwd=news, stdin=ARTICLE.replace("quay", "jetty").encode())
    assert json.loads(done.stdout)["dry_run"] is True
    assert b"dry run, nothing was published" in done.stderr


def test_help_names_every_command(tmp_path: Path) -> None:
    text = kg("--help", cwd=tmp_path).stdout.decode()
    for command in (
        "init",
        "ingest",
        "preview",
        "annotate",
        "check",
        "serve",
        "query",
        "export",
        "doctor",
        "config",
        "snapshot",
        "reannotate",
        "remove",
    ):
        assert f"\n  {command} " in text


def test_a_second_ingest_is_unchanged(news: Path) -> None:
    done = kg("--json", "ingest", "in", cwd=news)
    assert [json.loads(line)["status"] for line in done.stdout.splitlines()] == ["unchanged"]
    assert b"1 unchanged" in done.stderr


def test_preview_is_one_json_object_with_every_key(news: Path) -> None:
    shown = json.loads(kg("preview", "in/quay.txt", cwd=news).stdout)
    assert list(shown) == [
        "publisher",
        "section",
        "headline",
        "alternative_headline",
        "description",
        "authors",
        "date_published",
        "date_modified",
        "language",
        "body",
        "images",
        "entities",
        "quotations",
        "events",
        "dropped",
    ]
    assert shown["headline"] == "Mayor promises to rebuild the quay"
    assert shown["date_published"] == "2026-03-12"
    assert shown["authors"] == ["Ines Calderwood"]
    assert {"Lotte Brandsma", "Portugal"} <= {one["name"] for one in shown["entities"]}
    assert ("We will start on Monday,", "Lotte Brandsma") in {(q["text"], q["speaker"]) for q in shown["quotations"]}


def test_annotate_gives_offsets_in_code_points(news: Path) -> None:
    text = "\N{PARTY POPPER} Lotte Brandsma met Rasmus Thorsager in Lisbon. Brandsma left early."
    line = json.dumps({"id": 7, "text": text}).encode()
    made = json.loads(kg("annotate", "-", cwd=news, stdin=line + b"\n\n").stdout)
    assert made["id"] == 7
    for mention in made["mentions"]:
        assert text[mention["start"] : mention["end"]] == mention["surface"]
    assert {"Lotte Brandsma", "Lisbon"} <= {m["surface"] for m in made["mentions"]}


def test_annotate_names_the_line_that_is_wrong(news: Path) -> None:
    done = kg("annotate", "-", cwd=news, stdin=b'{"id": 1, "text": "x"}\n{oops\n')
    assert done.returncode == 1
    assert b"-:2: is no JSON" in done.stderr


def test_query_writes_csv_and_every_other_format(news: Path) -> None:
    query = "SELECT ?name { ?p a <http://schema.org/Person> ; <http://schema.org/name> ?name } ORDER BY ?name"
    assert kg("query", query, cwd=news).stdout == b"name\r\nInes Calderwood\r\nLotte Brandsma\r\n"
    assert json.loads(kg("query", query, "--format", "json", cwd=news).stdout)["head"] == {"vars": ["name"]}
    assert b"<sparql" in kg("query", query, "--format", "xml", cwd=news).stdout
    assert kg("query", query, "--format", "tsv", cwd=news).stdout.startswith(b"?name\n")
    graph = "CONSTRUCT WHERE { ?p a <http://schema.org/Person> }"
    for name in ("ttl", "nt", "nq", "trig", "rdf", "jsonld"):
        made = kg("query", graph, "--format", name, cwd=news)
        assert b"schema.org/" in made.stdout, made.stderr


def test_query_reads_files_and_standard_input_and_past_snapshots(news: Path) -> None:
    (news / "count.rq").write_text("SELECT (COUNT(*) AS ?n) { ?a a <http://schema.org/NewsArticle> }")
    assert kg("query", "count.rq", cwd=news).stdout == b"n\r\n1\r\n"
    assert kg("query", "-", cwd=news, stdin=(news / "count.rq").read_bytes()).stdout == b"n\r\n1\r\n"
    first = kg("--json", "snapshot", "list", cwd=news).stdout.splitlines()[-1]
    empty = json.loads(first)["id"]
    assert kg("query", "count.rq", "--snapshot", empty, cwd=news).stdout == b"n\r\n0\r\n"
    missing = kg("query", "other.rq", cwd=news)
    assert (missing.returncode, b"no such query file" in missing.stderr) == (2, True)


def test_a_bad_query_says_where(news: Path) -> None:
    done = kg("query", "SELECT * { ?s ?p", cwd=news)
    assert done.returncode == 1
    assert b"line 1, column 17" in done.stderr


def test_export_round_trips_through_check(news: Path) -> None:
    for name in ("nq", "trig", "ttl", "jsonld"):
        done = kg("export", "--format", name, "-o", f"dump.{name}", cwd=news)
        assert done.returncode == 0, done.stderr
        checked = kg("check", f"dump.{name}", cwd=news)
        assert checked.returncode == 0, checked.stdout
        assert checked.stdout.startswith((b"conforms: ", b"accepted: "))
    assert kg("export", "--format", "nq", cwd=news).stdout == (news / "dump.nq").read_bytes()
    assert b"/graphs/keys" not in (news / "dump.nq").read_bytes()


def test_check_reports_in_three_formats_and_fails_on_violations(news: Path) -> None:
    assert kg("check", cwd=news).stdout.startswith(b"accepted: ")
    assert json.loads(kg("check", "--format", "json", cwd=news).stdout)["accepted"] is True
    assert b"ValidationReport" in kg("check", "--format", "ttl", cwd=news).stdout
    (news / "bad.ttl").write_text("<https://e.example/a> a <http://schema.org/NewsArticle> .")
    bad = kg("check", "bad.ttl", cwd=news)
    assert bad.returncode == 1
    assert b"A1" in bad.stdout
    (news / "broken.ttl").write_text("<https://e.example/a> a\n\n oops")
    broken = kg("check", "broken.ttl", cwd=news)
    assert b"broken.ttl:3" in broken.stderr


def test_snapshots_are_listed_shown_compared_pinned_restored_pruned_and_backed_up(news: Path) -> None:
    listed = [json.loads(line) for line in kg("--json", "snapshot", "list", cwd=news).stdout.splitlines()]
    assert listed[0]["current"]
    assert listed[0]["articles"] == 1
    assert json.loads(kg("snapshot", "show", cwd=news).stdout)["id"] == listed[0]["id"]
    assert b"/content" in kg("snapshot", "diff", listed[-1]["id"], cwd=news).stdout
    assert kg("snapshot", "pin", listed[-1]["id"], cwd=news).returncode == 0
    assert kg("snapshot", "prune", "--keep-last", "1", cwd=news).returncode == 0
    assert kg("snapshot", "backup", "copy", cwd=news).returncode == 0
    assert kg("--store", "copy", "snapshot", "verify", cwd=news).returncode == 0
    restored = kg("--json", "snapshot", "restore", listed[0]["id"], cwd=news)
    assert json.loads(restored.stdout)["id"] not in {one["id"] for one in listed}
    unknown = kg("snapshot", "show", "2001-01-01", cwd=news)
    assert unknown.returncode == 3


def test_config_show_says_where_each_value_comes_from(news: Path) -> None:
    text = kg("config", "show", cwd=news, KG_LIMITS_QUERY_SECONDS="7").stdout.decode()
    assert "KG_LIMITS_QUERY_SECONDS" in text
    assert "kg.toml:" in text
    assert "default" in text
    bad = kg("config", "show", cwd=news, KG_LIMIT_QUERY_SECONDS="7")
    assert bad.returncode == 2
    assert b"did you mean KG_LIMITS_QUERY_SECONDS" in bad.stderr


def test_doctor_says_what_is_there(news: Path) -> None:
    done = kg("doctor", cwd=news)
    assert done.returncode == 0, done.stdout
    assert b"ok    pyoxigraph" in done.stdout


def test_doctor_fails_on_a_store_whose_pointer_is_gone(tmp_path: Path) -> None:
    assert kg("init", "news", cwd=tmp_path).returncode == 0
    (tmp_path / "news" / "var" / "store" / "current").unlink()
    done = kg("doctor", cwd=tmp_path / "news")
    assert done.returncode == 3
    assert b"FAIL  store" in done.stdout


def test_the_store_is_no_input_of_the_folder_around_it(news: Path, tmp_path: Path) -> None:
    assert kg("init", "own", cwd=tmp_path).returncode == 0
    (tmp_path / "own" / "quay.txt").write_text(ARTICLE)
    for expected in ("stored", "unchanged"):
        done = kg("--json", "ingest", ".", cwd=tmp_path / "own")
        seen = {row["origin"]: row["status"] for row in map(json.loads, done.stdout.splitlines())}
        assert seen.pop("quay.txt") == expected
        assert not [origin for origin in seen if origin.startswith("var")]


def test_an_export_that_cannot_be_written_says_so(news: Path) -> None:
    done = kg("export", "-o", "in", cwd=news)
    assert done.returncode == 2
    assert b"in: cannot be written" in done.stderr


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (("annotate", "nowhere.jsonl"), 2, b"nowhere.jsonl: there is no such file"),
        (("check", "nowhere.ttl"), 2, b"nowhere.ttl: there is no such file"),
        (("query", "SELECT * {}", "--format", "ttl"), 2, b"SELECT has no ttl form"),
        (("query", "CONSTRUCT {} {}", "--format", "csv"), 2, b"CONSTRUCT has no csv form"),
        (("ingest", "nowhere.txt"), 2, b"nowhere.txt: there is no such file or folder"),
        (("ingest", "in", "--source", "wire"), 2, b"there is no source 'wire'"),
        (("preview", "in"), 2, b"is a folder"),
        (("nonsense",), 2, b"No such command"),
        (("query",), 2, b"Missing argument"),
        (("--config", "other.toml", "check"), 2, b"there is no such settings file"),
        (("--store", "elsewhere", "check"), 3, b"elsewhere"),
        (("remove", "https://news.example/articles/x", "--reason", "r"), 2, b"no published article"),
        (("init", "."), 2, b"exists already"),
        (("query", "ASK {}", "--endpoint", "nonsense"), 2, b"no http(s) address"),
        (("query", "ASK {}", "--endpoint", "http://127.0.0.1:9/sparql"), 3, b"cannot be reached"),
    ],
)
def test_a_mistake_ends_with_its_code_and_a_message(
    news: Path, arguments: tuple[str, ...], code: int, message: bytes
) -> None:
    done = kg(*arguments, cwd=news)
    assert message in done.stderr, done.stderr
    assert done.returncode == code
    assert b"Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("name", "data", "message"),
    [
        ("empty.txt", b"", b"empty"),
        pytest.param("blank.txt", b" \r\n\t\n", b"empty", marks=pytest.mark.long),
        ("picture.txt", b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", b"picture.txt"),
        ("latin.txt", "Café\n\nÜber".encode("cp1252"), b"UTF-8"),
        ("page.html", b"<!doctype html><html><body><p>Hello</p></body></html>", b"HTML"),
        pytest.param("headline.txt", b"Only a headline\n", b"headline.txt", marks=pytest.mark.long),
    ],
)
def test_what_cannot_be_read_is_refused_with_its_reason_and_kept(
    news: Path, tmp_path: Path, name: str, data: bytes, message: bytes
) -> None:
    (tmp_path / name).write_bytes(data)
    done = kg("ingest", str(tmp_path / name), cwd=news)
    assert done.returncode == 1
    assert done.stdout.startswith(b"refused")
    assert message.lower() in done.stdout.lower()
    assert b"Traceback" not in done.stderr
    kept = done.stdout.decode().split("report: ")[1].split("\n")[0]
    assert json.loads((news / kept).read_text())["origin"].endswith(name)


@pytest.mark.parametrize(
    ("name", "change"),
    [
        pytest.param("crlf.txt", lambda text: text.replace("\n", "\r\n"), marks=pytest.mark.long),
        ("bom.txt", lambda text: "\ufeff" + text),
        pytest.param("zero-width.txt", lambda text: text.replace("quay", "qu\u200bay"), marks=pytest.mark.long),
        ("overrides.txt", lambda text: text.replace("Monday", "\u202eMonday\u202c")),
    ],
)
def test_marks_of_the_encoding_change_nothing_in_what_is_read(
    news: Path, tmp_path: Path, name: str, change: object
) -> None:
    assert callable(change)
    (tmp_path / name).write_bytes(change(ARTICLE).encode())
    plain = json.loads(kg("preview", "in/quay.txt", cwd=news).stdout)
    assert json.loads(kg("preview", str(tmp_path / name), cwd=news).stdout) == plain


def test_right_to_left_text_is_kept_as_it_is(news: Path, tmp_path: Path) -> None:
    arabic = "قال رئيس البلدية إن المدينة ستعيد بناء الرصيف القديم قبل نهاية الشهر المقبل."
    (tmp_path / "rtl.txt").write_text(ARTICLE + "\n" + arabic + "\n")
    shown = json.loads(kg("preview", str(tmp_path / "rtl.txt"), cwd=news).stdout)
    assert arabic in shown["body"]


def test_fifty_megabytes_and_more_have_a_clear_outcome(news: Path, tmp_path: Path) -> None:
    with (tmp_path / "huge.txt").open("wb") as file:
        for _ in range(51):
            file.write(b"x" * 2**20)
    done = kg("ingest", str(tmp_path / "huge.txt"), cwd=news)
    assert done.returncode == 1
    assert b"limit" in done.stdout


def test_a_headline_with_script_is_text_everywhere(news: Path, tmp_path: Path) -> None:
    attack = "Council </script><script>alert(1)</script> decides"
    (tmp_path / "attack.txt").write_text(ARTICLE.replace("Mayor promises to rebuild the quay", attack))
    shown = json.loads(kg("preview", str(tmp_path / "attack.txt"), cwd=news).stdout)
    assert shown["headline"] == attack


def test_standard_input_is_a_document(news: Path) -> None:
    done = kg("--json", "ingest", "-", cwd=news, stdin=ARTICLE.replace("quay", "pier").encode())
    assert done.returncode == 0, done.stderr
    outcome = json.loads(done.stdout)
    assert (outcome["origin"], outcome["status"]) == ("standard input", "stored")
    removed = kg("remove", outcome["iri"], "--reason", "a test", cwd=news)
    assert removed.returncode == 0, removed.stderr
    again = kg("ingest", "-", cwd=news, stdin=ARTICLE.replace("quay", "pier").encode())
    assert again.returncode == 0
    assert b"withdrawn on" in again.stdout


def test_output_into_a_closed_pipe_is_no_failure(news: Path) -> None:
    shell = f'"{sys.executable}" -c "from kg.cli import main; main()" query "SELECT ?s ?p ?o {{ ?s ?p ?o }}" | head -1'
    done = subprocess.run(["bash", "-c", shell], cwd=news, capture_output=True, timeout=60, check=False)
    assert done.stdout == b"s,p,o\r\n"
    assert b"Traceback" not in done.stderr
