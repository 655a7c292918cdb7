"""The documentation is run: the tutorial's and the README's commands, the worked example, the links."""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tomllib
from dataclasses import dataclass
from pathlib import Path

import pyoxigraph as ox
import pytest

from kg.queries import examples

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
PAGES = sorted([ROOT / "README.md", *DOCS.rglob("*.md")])

_FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_MARK = "@@block"


@dataclass(frozen=True, slots=True)
class Block:
    """A fenced block: its language, its text, and the ``text`` block that follows a ``sh`` block."""

    language: str
    text: str
    expected: str | None = None


def blocks(page: Path) -> list[Block]:
    """The fenced blocks of a page, output joined to the commands before it."""
    found: list[Block] = []
    for language, text in _FENCE.findall(page.read_text(encoding="utf-8")):
        if language == "text" and found and found[-1].language == "sh":
            found[-1] = Block("sh", found[-1].text, text)
        else:
            found.append(Block(language, text))
    return found


def pattern(expected: str) -> str:
    """The shown output as a regular expression: ``…`` stands for anything, white space is as it falls."""
    lines = [re.sub(r"[ \t]+", " ", line).strip() for line in expected.strip().splitlines()]
    return re.escape("\n".join(lines)).replace("…", ".*").replace(r"\ ", " ")


def squeezed(output: str) -> str:
    """What was written, its white space as :func:`pattern` has it."""
    lines = (re.sub(r"[ \t]+", " ", line).strip() for line in output.replace("\r", "").strip().splitlines())
    return "\n".join(lines)


def run(commands: list[str], folder: Path) -> list[tuple[int, str]]:
    """Exit code and output of each block, in one shell."""
    program = Path(sys.executable).parent
    assert (program / "kg").exists(), f"kg is not installed beside {sys.executable}"
    kept = {k: v for k, v in os.environ.items() if not k.startswith("KG_")}
    environment = kept | {"PATH": f"{program}{os.pathsep}{kept['PATH']}", "LC_ALL": "C.UTF-8"}
    script = "".join(f"{text}\nprintf '\\n{_MARK} %d\\n' $?\n" for text in commands)
    script += "exit 0\n"
    # The end of the script must not leave a server running, whatever failed before.
    script = "trap 'for job in $(jobs -p); do kill \"$job\" 2>/dev/null; done; wait' EXIT\n" + script
    shell = subprocess.Popen(
        ["bash", "-c", script],
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )
    try:
        written = shell.communicate(timeout=300)[0].decode("utf-8", "replace")
    except subprocess.TimeoutExpired:
        os.killpg(shell.pid, signal.SIGKILL)
        pytest.fail(f"not done after 300 s; written so far:\n{shell.communicate()[0].decode('utf-8', 'replace')}")
    parts = re.split(rf"\n{_MARK} (\d+)\n", written)
    assert len(parts) == 2 * len(commands) + 1, written[-2000:]
    return [(int(code), output) for output, code in zip(parts[::2], parts[1::2], strict=False)]


def free_port() -> int:
    """A port nobody listens on, so that the tutorial's own may be taken."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def compare(asked: list[Block], got: list[tuple[int, str]]) -> None:
    """Every block ended well and wrote what the page shows."""
    for block, (code, output) in zip(asked, got, strict=True):
        assert code == 0, f"{block.text}\nended with {code}:\n{output}"
        if block.expected is not None:
            shown, written = pattern(block.expected), squeezed(output)
            assert re.fullmatch(shown, written, re.DOTALL), f"{block.text}\nwrote:\n{written}\nnot:\n{block.expected}"


def test_the_tutorial_runs_and_writes_what_it_shows(tmp_path: Path) -> None:
    asked = [block for block in blocks(DOCS / "tutorial.md") if block.language == "sh"]
    assert len(asked) > 20
    if shutil.which("curl") is None:
        asked = [b for b in asked if "curl" not in b.text and "$server" not in b.text]
    port = str(free_port())
    compare(asked, run([block.text.replace("8000", port) for block in asked], tmp_path))


def test_the_architecture_has_the_layers_of_the_contract() -> None:
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"][
        "contracts"
    ]
    layers = next(one["layers"] for one in contracts if one["type"] == "layers")
    page = (DOCS / "architecture.md").read_text(encoding="utf-8")
    table = page.partition("\n| layer | what it is |\n")[2].partition("\n\n")[0].splitlines()[1:]
    assert [" | ".join(re.findall(r"`([^`]+)`", row.split("|")[1])) for row in table] == layers


def test_the_worked_example_is_what_the_sample_gives(tmp_path: Path) -> None:
    source = ROOT / "data" / "sample"
    (tmp_path / "kg.toml").write_text(
        f'base_iri = "https://news.example"\n[[sources]]\nname = "sample"\npath = "{source}"\nrights = "licensed"\n'
    )
    article = source / "2026-03-08-dike-gives-way-at-zalk.txt"
    for code, output in run([f"kg ingest '{article}'", "kg export --format nq --output made.nq"], tmp_path):
        assert code == 0, output
    made: dict[str, set[ox.Triple]] = {}
    for quad in ox.parse(path=str(tmp_path / "made.nq"), format=ox.RdfFormat.N_QUADS):
        made.setdefault(str(quad.graph_name).rpartition("/")[2].rstrip(">"), set()).add(quad.triple)
    examples = [block.text for block in blocks(DOCS / "architecture.md") if block.language == "turtle"]
    assert len(examples) == 3
    for kind, text in zip(("content", "facts", "annotations"), examples, strict=True):
        told = [quad.triple for quad in ox.parse(text, format=ox.RdfFormat.TURTLE)]
        nodes = {triple.subject for triple in told if isinstance(triple.subject, ox.BlankNode)}
        for triple in told:
            assert triple in made[kind] or triple.subject in nodes, f"not in the {kind} graph: {triple}"
        for node in nodes:
            wanted = {(triple.predicate, triple.object) for triple in told if triple.subject == node}
            found: dict[object, set[object]] = {}
            for triple in made[kind]:
                found.setdefault(triple.subject, set()).add((triple.predicate, triple.object))
            assert any(wanted <= own for own in found.values()), f"nothing in the {kind} graph is like {wanted}"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_links_lead_somewhere(page: Path) -> None:
    if not (ROOT / "kg").is_dir():
        pytest.skip("only a checkout has everything that pages link to")
    for target in re.findall(r"\]\(([^)\s]+)\)", _FENCE.sub("", page.read_text(encoding="utf-8"))):
        address, _, anchor = target.partition("#")
        if "://" in target:
            continue
        file = page.parent / address if address else page
        assert file.exists(), target
        if anchor and file.suffix == ".md":
            assert anchor in _anchors(file), target


def _anchors(page: Path) -> set[str]:
    """The anchors of a page's headings, as GitHub makes them."""
    headings = re.findall(r"^#+ (.*)$", _FENCE.sub("", page.read_text(encoding="utf-8")), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_no_page_names_a_place_of_one_machine(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    assert not re.findall(r"/(?:work|root|home|tmp|usr)/\S*", text)


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder where ``kg`` finds the sample articles published."""
    folder = tmp_path_factory.mktemp("sample")
    source = ROOT / "data" / "sample"
    (folder / "kg.toml").write_text(f'[[sources]]\nname = "sample"\npath = "{source}"\nrights = "licensed"\n')
    ((code, output),) = run([f"kg ingest '{source}'"], folder)
    assert code == 0, output
    return folder


@pytest.mark.parametrize("page", ["queries.md", "text-and-place.md"])
def test_the_commands_of_the_pages_on_queries_run(sample: Path, page: str) -> None:
    asked = [block for block in blocks(DOCS / page) if block.language == "sh"]
    assert len(asked) >= 2
    compare(asked, run([block.text for block in asked], sample))


def test_the_query_page_tells_every_example_and_the_names_in_it() -> None:
    page = (DOCS / "queries.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (q\d\d) \| (.*?) \| (.*?) \|(.*?)\|$", page, re.MULTILINE)
    told = [(row[0], row[1], [name.strip() for name in row[3].split(",") if name.strip()]) for row in rows]
    assert told == [(one.id, one.title, re.findall(r'"([^"]+)"@en', one.text)) for one in examples()]
    assert len(told) == 25


def test_the_readme_runs(tmp_path: Path) -> None:
    articles = tmp_path / "articles"
    articles.mkdir()
    for file in sorted((ROOT / "data" / "sample").glob("*.txt"))[:3]:
        shutil.copy(file, articles)
    lines = sorted(articles.iterdir())[0].read_text(encoding="utf-8").splitlines()
    body = "".join(f"<p>{line}</p>" for line in lines if len(line) > 60)
    page = f"<!doctype html><html lang=en><title>A page</title><article><h1>Dike gives way</h1>{body}</article>"
    (tmp_path / "article.html").write_text(page, encoding="utf-8")
    asked = [block.text for block in blocks(ROOT / "README.md") if block.language == "sh" and "kg init" in block.text]
    assert len(asked) == 1
    commands = [line for line in asked[0].splitlines() if line.strip() != "kg serve"]
    assert len(commands) == len(asked[0].splitlines()) - 1
    for code, output in run(commands, tmp_path):
        assert code == 0, output


def test_the_contributing_page_names_every_target_tier_and_benchmark() -> None:
    page = (DOCS / "contributing.md").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z-]+):.*##", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    assert set(re.findall(r"`make ([a-z-]+)`", page)) == targets
    options = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["pytest"]["ini_options"]
    markers = {one.partition(":")[0] for one in options["markers"]}
    assert set(re.findall(r"^\| `([a-z]+)` \|", page, re.MULTILINE)) == markers
    if (ROOT / "bench").is_dir():
        scripts = {f"bench/{file.name}" for file in (ROOT / "bench").glob("*.py")}
        assert set(re.findall(r"bench/[a-z]+\.py", page)) == scripts
        folders = {f"tests/{f.name}" for f in (ROOT / "tests").iterdir() if f.is_dir() and any(f.glob("test_*.py"))}
        assert folders <= set(re.findall(r"tests/[a-z]+", page))
