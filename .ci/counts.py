"""Run a test command and hold its passed count against the committed one: a count may rise, never fall.

``python .ci/counts.py TIER [--counts FILE] [--update] -- COMMAND ...``; the command must write JUnit XML to
``build/TIER.xml`` (below the working directory). Where the private ``shared`` folder or an optional program is
absent, fewer tests run: the floor then gives way by the number of skipped ones. Every skip is printed with its reason.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from pathlib import Path


def shared() -> bool:
    """Whether the private material is here; without it tests skip, and the floor gives way by as many."""
    root = Path(__file__).resolve().parent.parent
    return (Path(os.environ.get("KG_SHARED", root.parent / "shared")) / "seed").is_dir()


def main() -> int:
    own, command = sys.argv[1 : sys.argv.index("--")], sys.argv[sys.argv.index("--") + 1 :]
    tier = own[0]
    file = Path(own[own.index("--counts") + 1]) if "--counts" in own else Path(__file__).with_name("counts.json")
    result = Path("build") / f"{tier}.xml"
    result.parent.mkdir(exist_ok=True)
    result.unlink(missing_ok=True)
    addopts = [part for part in command if part.startswith("PYTEST_ADDOPTS=")]
    environment = {**os.environ, **dict(part.split("=", 1) for part in addopts)}
    code = subprocess.run([part for part in command if part not in addopts], env=environment, check=False).returncode
    if not result.exists():
        print(f"{tier}: no test result was written")
        return code or 1
    counts = {"tests": 0, "failures": 0, "errors": 0, "skipped": 0}
    reasons: dict[str, int] = {}
    for suite in ElementTree.parse(result).getroot().iter("testsuite"):
        for key in counts:
            counts[key] += int(suite.get(key, "0"))
        for skipped in suite.iter("skipped"):
            reason = (skipped.get("message") or "no reason").splitlines()[0][:160]
            reasons[reason] = reasons.get(reason, 0) + 1
    bad = counts["failures"] + counts["errors"]
    passed = counts["tests"] - bad - counts["skipped"]
    for reason, number in sorted(reasons.items()):
        print(f"  skipped {number}: {reason}")
    floors = json.loads(file.read_text()) if file.exists() else {}
    floor = floors.get(tier, 0)
    print(f"{tier}: {passed} passed, {bad} failed, {counts['skipped']} skipped (floor {floor})")
    if "--update" in own:
        file.write_text(json.dumps({**floors, tier: passed}, indent=2) + "\n")
    elif passed + (0 if shared() else counts["skipped"]) < floor:
        print(f"{tier}: the passed count fell below {floor}; say why and set the new floor with --update")
        return 1
    return code


if __name__ == "__main__":
    sys.exit(main())
