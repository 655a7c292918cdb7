"""The documentation is run: the tutorial's and the README's commands, the worked example, the links."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

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
    done = subprocess.run(
        ["bash", "-c", script],
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        timeout=300,
        check=False,
    )
    parts = re.split(rf"\n{_MARK} (\d+)\n", done.stdout.decode("utf-8", "replace"))
    assert len(parts) == 2 * len(commands) + 1, done.stdout.decode("utf-8", "replace")[-2000:]
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
