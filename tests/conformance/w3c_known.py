"""What known.json says: which cases there are, and which of them are known to fail and why."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

_KNOWN: dict[str, Any] = json.loads(Path(__file__).with_name("known.json").read_text(encoding="utf-8"))


def _by_case(causes: dict[str, list[str]]) -> dict[str, str]:
    return {case: cause for cause, cases in causes.items() for case in cases}


#: Repository → commit that the lists were made with.
COMMITS: dict[str, str] = _KNOWN["commits"]
#: Group of SPARQL tests → how many cases it has.
GROUPS: dict[str, int] = _KNOWN["sparql"]["groups"]
#: SPARQL case → why its answer is wrong.
FAILURES: dict[str, str] = _by_case(_KNOWN["sparql"]["failures"])
#: SPARQL case → why its answer is right only by value.
LENIENT: dict[str, str] = _by_case(_KNOWN["sparql"]["lenient"])
#: SPARQL case → why it is not run.
NOT_RUN: dict[str, str] = _by_case(_KNOWN["sparql"]["not run"])
#: The requests that speak of SERVICE or LOAD, by path below the suite.
FETCHING: tuple[str, ...] = tuple(_KNOWN["sparql"]["fetching"])
#: Group of tests that only a server can be asked → how many cases it has.
HTTP_GROUPS: dict[str, int] = _KNOWN["http"]["groups"]
#: Group of SPARQL tests with queries to evaluate → how many of them.
EVALUATION: dict[str, int] = _KNOWN["http"]["evaluation"]
#: SPARQL cases that the engine fails and the endpoint does not: the query is mended before the engine sees it.
MENDED: frozenset[str] = frozenset(_KNOWN["http"]["mended"])
#: Update case → why it leaves something else, asked of a server.
HTTP_UPDATES: dict[str, str] = _by_case(_KNOWN["http"]["updates"])
#: Case of federated query → why it is refused where SERVICE may call the endpoints.
NOT_FEDERATED: dict[str, str] = _by_case(_KNOWN["http"]["not federated"])
#: Case of these groups → why its answers are others.
HTTP_FAILURES: dict[str, str] = _by_case(_KNOWN["http"]["failures"])
#: The SHACL cases.
VALIDATIONS: tuple[str, ...] = tuple(_KNOWN["shacl"]["cases"])
#: SHACL case → why the gate says something else.
DEVIATIONS: dict[str, str] = _by_case(_KNOWN["shacl"]["failures"])
#: Cause → number of cases, over all suites.
CAUSES: dict[str, int] = {
    cause: len(cases)
    for causes in (
        *(_KNOWN["sparql"][k] for k in ("failures", "lenient", "not run")),
        *(_KNOWN["http"][k] for k in ("failures", "updates", "not federated")),
        _KNOWN["shacl"]["failures"],
    )
    for cause, cases in causes.items()
}
