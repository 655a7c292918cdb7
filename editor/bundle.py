"""Copies the editor of queries that npm has fetched to where the server finds it, with the licences of all it holds.

Run by ``make editor`` after ``npm ci``. The server and the wheel do without these files where they are not there.
"""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

HERE = Path(__file__).resolve().parent
MODULES = HERE / "node_modules"
TARGET = HERE.parent / "server" / "static" / "vendor"
BUILT = MODULES / "@zazuko" / "yasqe" / "build"
FILES = ("yasqe.min.js", "yasqe.min.css")

_TOP = """YASQE, and what is bundled in it. Packages without a text of their own are under the MIT licence, whose
terms are those printed under codemirror, with the copyright of the authors named.
"""


def licences() -> str:
    """Each package that is bundled with its version, licence and, where the package has it, the licence's text."""
    lock = json.loads((HERE / "package-lock.json").read_text(encoding="utf-8"))["packages"]
    parts = [_TOP]
    for place in sorted(lock):
        folder = HERE / place
        if not place or lock[place].get("optional") or not (folder / "package.json").is_file():
            continue
        said = json.loads((folder / "package.json").read_text(encoding="utf-8"))
        author = said.get("author") or ""
        who = author if isinstance(author, str) else author.get("name", "")
        also = [one if isinstance(one, str) else one.get("name", "") for one in said.get("contributors", [])]
        names = ", ".join(filter(None, (who, *also)))
        parts.append(f"==== {said['name']} {said['version']} ({said.get('license', '')}; {names}) ====\n")
        texts = sorted(file for file in folder.iterdir() if re.match(r"licen[cs]e", file.name, re.IGNORECASE))
        parts += [file.read_text(encoding="utf-8").strip() + "\n" for file in texts if file.is_file()]
    return "\n".join(parts)


def main() -> None:
    """Fill ``server/static/vendor``; the licences come last, so that an interrupted copy is made again."""
    TARGET.mkdir(exist_ok=True)
    for name in FILES:
        text = (BUILT / name).read_text(encoding="utf-8")
        # maps are left out: browsers would ask for a file that is not there
        (TARGET / name).write_text(re.sub(r"\n//# sourceMappingURL=.*\n?\Z", "\n", text), encoding="utf-8")
    (TARGET / "LICENSES.txt").write_text(licences(), encoding="utf-8")
    shutil.rmtree(MODULES)


if __name__ == "__main__":
    main()
