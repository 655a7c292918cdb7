"""Settings: ``kg.toml``, overridden by ``KG_*`` environment variables, overridden by flags.

One table (:data:`SETTINGS`) names every scalar setting with its type, default and meaning; the file, the
environment, ``kg config show`` and the reference documentation are all read from it, so they cannot disagree.
"""

from __future__ import annotations

import difflib
import re
import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from kg.errors import ConfigError, IriError
from kg.iris import Iris

__all__ = [
    "ANNOTATOR_KEYS",
    "DEFAULT_BASE",
    "REPLICA_KEYS",
    "ROLES",
    "SETTINGS",
    "SOURCE_KEYS",
    "TOKEN_KEYS",
    "PluginSettings",
    "ReplicaSettings",
    "Setting",
    "Settings",
    "SourceSettings",
    "TokenSettings",
    "load",
]

DEFAULT_BASE = "http://127.0.0.1:8000"
RIGHTS = ("own", "licensed", "third-party")


@dataclass(frozen=True, slots=True)
class Setting:
    """One scalar setting: dotted ``name``, ``parse`` from text or TOML value, ``default`` and ``help``."""

    name: str
    parse: Callable[[Any], Any]
    default: Any
    help: str

    @property
    def variable(self) -> str:
        """The environment variable that overrides it."""
        return "KG_" + self.name.upper().replace(".", "_")


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError("must be text")
    return value


def _optional_text(value: Any) -> str | None:
    return _text(value) or None


def _positive(value: Any) -> int:
    number = int(value) if isinstance(value, (int, str)) and not isinstance(value, bool) else None
    if number is None or number < 1:
        raise ValueError("must be a whole number of at least 1")
    return number


def _count(value: Any) -> int:
    number = int(value) if isinstance(value, (int, str)) and not isinstance(value, bool) else None
    if number is None or number < 0:
        raise ValueError("must be a whole number of at least 0")
    return number


def _seconds(value: Any) -> float:
    number = float(value) if isinstance(value, (int, float, str)) and not isinstance(value, bool) else -1.0
    if not 0 < number < float("inf"):
        raise ValueError("must be a number of seconds above 0")
    return number


def _truth(value: Any) -> bool:
    if isinstance(value, bool):
        return value
    known = {"true": True, "1": True, "yes": True, "false": False, "0": False, "no": False}
    if isinstance(value, str) and value.lower() in known:
        return known[value.lower()]
    raise ValueError("must be true or false")


def _base(value: Any) -> str:
    text = _text(value)
    try:
        Iris(text)
    except IriError as error:
        raise ValueError(error.message) from None
    return text


def _choice(*allowed: str) -> Callable[[Any], str]:
    def parse(value: Any) -> str:
        if value not in allowed:
            raise ValueError(f"must be one of {', '.join(allowed)}")
        return str(value)

    return parse


def _names(value: Any) -> tuple[str, ...]:
    if isinstance(value, str):
        return tuple(part.strip() for part in value.split(",") if part.strip())
    if isinstance(value, list) and all(isinstance(part, str) for part in value):
        return tuple(value)
    raise ValueError("must be a list of texts (in an environment variable: separated by commas)")


_LEVELS = ("Violation", "Warning", "Info", "off")


def _severities(value: Any) -> tuple[str, ...]:
    if isinstance(value, Mapping):
        value = [f"{code}={level}" for code, level in value.items()]
    levels = {level.lower(): level for level in _LEVELS}
    found: dict[str, str] = {}
    for one in _names(value if isinstance(value, str) else list(value)):
        code, _, level = (part.strip() for part in one.partition("="))
        if not re.fullmatch(r"[A-Z]{1,3}[0-9]{1,3}", code) or level.lower() not in levels:
            raise ValueError(f'must give codes of shapes one of {", ".join(_LEVELS)}, such as A7 = "Info"; see {one!r}')
        if code in found:
            raise ValueError(f"must give {code} one severity")
        found[code] = levels[level.lower()]
    return tuple(f"{code}={level}" for code, level in sorted(found.items()))


@dataclass(frozen=True, slots=True)
class PluginSettings:
    """One plug-in that is asked for: an annotator or an authority.

    ``use`` is the name of its entry point, ``name`` what it is called here, ``options`` what it is called with. The
    rest is for the vote of annotators: ``weight``, ``scores`` and ``recall`` by kind of thing, ``""`` for every
    other kind.
    """

    name: str
    use: str
    options: Mapping[str, Any] = field(default_factory=dict)
    weight: Mapping[str, float] = field(default_factory=dict)
    scores: Mapping[str, float] = field(default_factory=dict)
    threshold: float = 0.75
    recall: Mapping[str, float] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.name if self.use == self.name else f"{self.name} ({self.use})"


#: Keys of one ``[[annotators]]`` table that are not the plug-in's own, with their meaning.
ANNOTATOR_KEYS: Mapping[str, str] = {
    "name": "what the annotator is called, here and in the graph; rules are the built-in ones",
    "use": "the installed plug-in, where it is called otherwise: spacy, gliner, http or one of another package",
    "weight": "what its word counts, 1 by default as the rules': one number, or a table by kind of thing",
    "scores": "factor that turns its scores into the share that is right: one number, or a table by kind",
    "threshold": "score above which a name enters that no rule sees; 0.75 by default",
    "recall": "share of names that it finds, for its silence to count: one number, or a table by kind; 0 by default",
}
_KINDS = ("Person", "Place", "Organization", "Event", "CreativeWork")
_PLUGIN_NAME = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?")


def _plugins(value: Any) -> tuple[PluginSettings, ...]:
    if isinstance(value, str):
        value = list(_names(value))
    if isinstance(value, tuple) and all(isinstance(one, PluginSettings) for one in value):
        return value
    if not isinstance(value, (list, tuple)) or not all(isinstance(one, (str, Mapping)) for one in value):
        raise ValueError("must be a list of names or tables (in an environment variable: names separated by commas)")
    made = tuple(_plugin({"name": one} if isinstance(one, str) else one) for one in value)
    for one in made:
        if [other.name for other in made].count(one.name) > 1:
            raise ValueError(f"must not have two named {one.name!r}")
    return made


def _plugin(table: Mapping[str, Any]) -> PluginSettings:
    name = table.get("name")
    use = table.get("use", name)
    for given in (name, use):
        if not isinstance(given, str) or not _PLUGIN_NAME.fullmatch(given):
            raise ValueError("must have names of letters, digits, dots, hyphens and underscores")
    threshold = table.get("threshold", 0.75)
    if isinstance(threshold, bool) or not isinstance(threshold, (int, float)) or not 0 <= threshold <= 1:
        raise ValueError(f"must have a threshold from 0 to 1 for {name}")
    return PluginSettings(
        name=str(name),
        use=str(use),
        options={key: value for key, value in table.items() if key not in ANNOTATOR_KEYS},
        weight=_by_kind(table.get("weight", {}), "weight", 1000.0),
        scores=_by_kind(table.get("scores", {}), "scores", 1.0),
        threshold=float(threshold),
        recall=_by_kind(table.get("recall", {}), "recall", 1.0),
    )


def _by_kind(value: Any, key: str, most: float) -> dict[str, float]:
    table = value if isinstance(value, Mapping) else {"": value}
    for kind, number in table.items():
        if kind and kind not in _KINDS:
            raise ValueError(f"must name kinds in {key}: {', '.join(_KINDS)}; {kind!r} is none")
        if isinstance(number, bool) or not isinstance(number, (int, float)) or not 0 <= number <= most:
            raise ValueError(f"must have numbers from 0 to {most:g} in {key}")
    return {kind: float(number) for kind, number in table.items()}


_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}


def _duration(value: Any) -> float:
    found = re.fullmatch(r"(\d+(?:\.\d+)?)\s*([smhd])", value.strip()) if isinstance(value, str) else None
    seconds = float(found[1]) * _UNITS[found[2]] if found else 0.0
    if seconds < 1:
        raise ValueError("must be a time of at least 1s, such as 90s, 15m, 2h or 1d")
    return seconds


def _pause(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 <= value <= 3600:
        raise ValueError("must be a number of seconds from 0 to 3600")
    return float(value)


def _whole(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise ValueError("must be a whole number")
    return value


def _batch(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= 100_000:
        raise ValueError("must be a whole number from 1 to 100000")
    return value


def _address(value: Any) -> str:
    if not isinstance(value, str) or not re.fullmatch(r"https?://[^\s<>\"{}|^`\\]+", value):
        raise ValueError("must be an address that begins with http:// or https://")
    return value


def _optional_address(value: Any) -> str | None:
    return _address(value) if value else None


#: How the values of a ``[[sources]]`` table are read; the others are text.
_SOURCE_VALUES: Mapping[str, Callable[[Any], Any]] = {
    "rights": _choice(*RIGHTS),
    "kind": _choice("folder", "feed", "sitemap", "wordpress", "page"),
    "url": _address,
    "priority": _whole,
    "tdm": _choice("reserved", "open"),
    "interval": _duration,
    "follow": _truth,
    "delay": _pause,
    "robots": _choice("obey", "ignore"),
    "private_addresses": _truth,
}

#: How the values of a ``[[replicas]]`` table are read; the others are text.
_REPLICA_VALUES: Mapping[str, Callable[[Any], Any]] = {
    "query": _address,
    "update": _address,
    "graphs": _address,
    "auth": _choice("none", "basic", "digest", "bearer"),
    "default_graph": _address,
    "batch": _batch,
    "rows": _positive,
    "seconds": _seconds,
    "follow": _truth,
    "unstorable": _choice("stop", "skip"),
}

#: Every scalar setting. ``base_iri`` is fixed when the store is made (docs/decisions/0013-identity.md).
SETTINGS: tuple[Setting, ...] = (
    Setting("base_iri", _base, DEFAULT_BASE, "what every IRI of the publication begins with; fixed at kg init"),
    Setting("store", _text, "var/store", "the store's directory, relative to kg.toml"),
    Setting("languages", _names, ("en",), "languages that are annotated; others are stored as they are"),
    Setting("annotators", _plugins, (), "annotators beside the built-in ones: installed plug-ins (docs/annotators.md)"),
    Setting("authorities", _plugins, (), "authorities beside the tables: installed plug-ins (docs/annotators.md)"),
    Setting("authority", _names, (), "authority tables beside the shipped ones: CSV files, relative to kg.toml"),
    Setting("detail", _choice("full", "facts"), "full", "full: with the annotations graph; facts: without"),
    Setting("annotations_in_default_graph", _truth, True, "whether plain SPARQL sees mentions and evidence"),
    Setting("excerpt", _count, 200, "characters of a third-party text that may be shown"),
    Setting("federation", _names, (), "endpoints SERVICE may call: IRIs, or prefixes of IRIs that end in /"),
    Setting("engine", _text, "embedded", "what answers /sparql: embedded, or a replica's name (docs/replicas.md)"),
    Setting("publisher.name", _text, "newsgraph", "name of this publication"),
    Setting("publisher.url", _optional_address, None, "home page of the publisher"),
    Setting("publisher.logo", _optional_address, None, "logo of the publisher, at least 112 x 112 pixels"),
    Setting("publisher.licence", _optional_address, None, "IRI of the licence of the graph as a whole"),
    Setting("limits.query_seconds", _seconds, 30.0, "a query is stopped after this many seconds"),
    Setting("limits.query_rows", _positive, 1_000_000, "rows or triples an answer may have"),
    Setting("limits.query_bytes", _positive, 256 * 2**20, "bytes an answer may have"),
    Setting("limits.query_memory_mb", _positive, 2048, "resident memory a query may use, in MiB"),
    Setting("limits.concurrent_queries", _positive, 2, "queries that run at the same time on this host"),
    Setting("limits.queued_queries", _count, 16, "queries that may wait; more are told to come back"),
    Setting("limits.client_queries", _count, 1, "queries of one client that run at the same time; 0: no such limit"),
    Setting("limits.client_seconds", _count, 45, "seconds a minute that a client's queries may run; 0: no such limit"),
    Setting("limits.cache_mb", _count, 64, "MiB of answers that are kept; 0: none"),
    Setting("limits.permalinks", _count, 50_000, "queries that may be kept under a permalink"),
    Setting("limits.request_bytes", _positive, 2 * 2**20, "size of a request body"),
    Setting("limits.validate_triples", _positive, 50_000, "triples of a graph that is posted to /shapes/validate"),
    Setting("limits.validate_seconds", _seconds, 20.0, "checking a posted graph is stopped after this many seconds"),
    Setting("limits.load_bytes", _positive, 2**30, "size of a graph that is sent to /graphs with a token"),
    Setting("limits.update_seconds", _seconds, 120.0, "an update or a write is stopped after this many seconds"),
    Setting("limits.token_seconds", _seconds, 300.0, "seconds that a query with a token may ask for by timeout="),
    Setting("limits.document_bytes", _positive, 50 * 2**20, "size of one input document"),
    Setting("serve.proxies", _count, 0, "reverse proxies before kg serve, whose X-Forwarded-For is believed"),
    Setting("fetch.user_agent", _text, "newsgraph", "how fetching names itself to sites and to robots.txt"),
    Setting("fetch.seconds", _seconds, 30.0, "a fetch is stopped after this many seconds"),
    Setting(
        "fetch.private_addresses", _truth, False, "whether kg ingest URL and SERVICE may fetch from private networks"
    ),
    Setting("shapes.folder", _text, "shapes", "folder of your own shapes, relative to kg.toml (docs/shapes.md)"),
    Setting("shapes.profiles", _names, ("gate", "google"), "shapes that ship and are used; gate is always among them"),
    Setting(
        "shapes.severity",
        _severities,
        (),
        "severities by code, a table [shapes.severity]: Violation, Warning, Info or off",
    ),
    Setting("snapshots.keep_last", _positive, 5, "newest snapshots that are kept"),
    Setting("snapshots.keep_daily", _count, 0, "days for which the last snapshot is kept"),
    Setting("snapshots.cited", _count, 20, "pinned snapshots up to which asking for a citation pins one more"),
)

#: Keys of one ``[[sources]]`` table, with their meaning.
SOURCE_KEYS: Mapping[str, str] = {
    "name": "short name, used in keys and messages",
    "path": "a folder or file, relative to kg.toml",
    "url": "address of a feed, news sitemap, WordPress site or page that is polled",
    "kind": "folder | feed | sitemap | wordpress | page; by default what path or url shows",
    "rights": "own | licensed | third-party (the default): what may be republished",
    "licence": "IRI of the licence",
    "publisher": "name of the publisher when the pages do not say",
    "language": "language of the texts when the pages do not say",
    "priority": "which of several copies of one report leads: the highest number; 0 by default",
    "tdm": "reserved | open: whether text and data mining is reserved; by default reserved unless the rights are own",
    "interval": "time between polls, as 90s, 15m, 2h or 1d; 15m by default",
    "follow": "true (the default): fetch the pages a feed or sitemap links to; false: its items are the articles",
    "delay": "seconds between two requests to one host; 1 by default",
    "robots": "obey (the default) | ignore, which only a source with rights = own may say",
    "private_addresses": "whether addresses of private networks may be fetched; false by default",
}

#: Keys of one ``[[replicas]]`` table, with their meaning.
REPLICA_KEYS: Mapping[str, str] = {
    "name": "short name, used in messages and by the setting engine",
    "query": "address of its SPARQL query service",
    "update": "address of its SPARQL update service",
    "graphs": "address of its graph store (SPARQL 1.1 Graph Store HTTP Protocol), for loading large graphs; optional",
    "auth": "none (the default) | basic | digest | bearer; the password or token is in KG_REPLICA_<NAME>_SECRET",
    "user": "user name for basic and digest",
    "default_graph": "IRI of the named graph that stands for the default graph, where the server has no real one",
    "batch": "statements sent in one update; 1000 by default",
    "rows": "rows that the server answers at most (Virtuoso: ResultSetMaxRows); see docs/replicas.md",
    "seconds": "an update is given up after this many seconds; 60 by default",
    "follow": "true (the default): kg serve and kg watch keep it up to date; false: only kg replicate does",
    "unstorable": "stop (the default) | skip: what to do about a statement that the server refuses",
}

#: What the holder of a token may do, each role also what those before it may (docs/writing.md).
ROLES = ("read", "ingest", "admin")

#: Keys of one ``[[tokens]]`` table, with their meaning.
TOKEN_KEYS: Mapping[str, str] = {
    "name": "who holds it, as published with what is written; lower-case letters, digits and hyphens",
    "hash": "sha256: and the SHA-256 of the secret in hexadecimal digits, as kg token new prints it; never the secret",
    "role": "read: raised limits; ingest: also adds and replaces graphs of its own; admin: writes everything",
    "expires": "the day after which it is good for nothing; without one it does not expire",
    "note": "what it is for; nothing reads it",
}

#: Environment variables that begin with KG_ and are no settings.
_OTHER_VARIABLES = frozenset({"KG_CONFIG", "KG_SHARED"})


@dataclass(frozen=True, slots=True)
class SourceSettings:
    """One configured source. ``path`` is absolute, or None; ``interval`` and ``delay`` are in seconds."""

    name: str
    path: Path | None
    rights: str = "third-party"
    licence: str | None = None
    publisher: str | None = None
    language: str | None = None
    url: str | None = None
    kind: str | None = None
    priority: int = 0
    tdm: str | None = None
    interval: float = 900.0
    follow: bool = True
    delay: float = 1.0
    robots: str = "obey"
    private_addresses: bool = False


@dataclass(frozen=True, slots=True)
class ReplicaSettings:
    """One SPARQL server that follows the snapshots. ``seconds`` bounds one update."""

    name: str
    query: str
    update: str
    graphs: str | None = None
    auth: str = "none"
    user: str = ""
    default_graph: str | None = None
    batch: int = 1000
    rows: int | None = None
    seconds: float = 60.0
    follow: bool = True
    unstorable: str = "stop"

    @property
    def variable(self) -> str:
        """The environment variable that holds its password or token."""
        return f"KG_REPLICA_{self.name.upper().replace('-', '_')}_SECRET"


@dataclass(frozen=True, slots=True)
class TokenSettings:
    """One access token: ``digest`` is the SHA-256 of the secret in hexadecimal digits; the secret is nowhere."""

    name: str
    digest: str = field(repr=False)
    role: str
    expires: date | None = None
    note: str = ""

    def may(self, role: str) -> bool:
        """Whether the role of the token includes the other one."""
        return ROLES.index(self.role) >= ROLES.index(role)


@dataclass(frozen=True, slots=True)
class Settings:
    """The effective settings. ``values`` holds each of :data:`SETTINGS`, ``origins`` where it came from."""

    values: Mapping[str, Any]
    origins: Mapping[str, str]
    sources: tuple[SourceSettings, ...] = ()
    folder: Path = Path()
    file: Path | None = None
    replicas: tuple[ReplicaSettings, ...] = ()
    tokens: tuple[TokenSettings, ...] = ()

    def __getitem__(self, name: str) -> Any:
        return self.values[name]

    @property
    def base_iri(self) -> str:
        """What every IRI begins with, without a trailing slash."""
        return str(self.values["base_iri"])

    @property
    def store(self) -> Path:
        """The store's directory, absolute."""
        return self.folder / str(self.values["store"])

    @property
    def iris(self) -> Iris:
        """The IRI patterns of this publication."""
        return Iris(self.base_iri)

    @property
    def authority(self) -> tuple[Path, ...]:
        """The extra authority tables, absolute."""
        return tuple(self.folder / name for name in self.values["authority"])

    @property
    def shapes(self) -> Path:
        """The folder of the publication's own shapes, absolute; it may be missing."""
        return self.folder / str(self.values["shapes.folder"])

    def source_named(self, name: str) -> SourceSettings:
        """The configured source of that name. Raises :class:`kg.errors.ConfigError` naming the known ones."""
        for one in self.sources:
            if one.name == name:
                return one
        known = ", ".join(s.name for s in self.sources) or "none is configured"
        raise ConfigError(f"there is no source {name!r} in {self.file or 'the settings'}; known: {known}", setting=name)

    def replica_named(self, name: str) -> ReplicaSettings:
        """The configured replica of that name. Raises :class:`kg.errors.ConfigError` naming the known ones."""
        for one in self.replicas:
            if one.name == name:
                return one
        known = ", ".join(one.name for one in self.replicas) or "none is configured"
        raise ConfigError(
            f"there is no replica {name!r} in {self.file or 'the settings'}; known: {known}", setting=name
        )

    def source_of(self, path: Path) -> SourceSettings | None:
        """The source whose folder holds the path, the deepest folder first."""
        resolved = path.resolve()
        inside = [s for s in self.sources if s.path is not None and resolved.is_relative_to(s.path)]
        return max(inside, key=lambda s: len(str(s.path)), default=None)

    def rows(self) -> tuple[tuple[str, Any, str], ...]:
        """Every setting as (name, value, where it came from), for ``kg config show``."""
        return tuple((s.name, self.values[s.name], self.origins[s.name]) for s in SETTINGS)


def load(
    file: Path | None = None, *, environment: Mapping[str, str] | None = None, flags: Mapping[str, Any] | None = None
) -> Settings:
    """The effective settings: defaults, then the file, then ``KG_*`` variables, then flags (None values are ignored).

    Raises :class:`kg.errors.ConfigError` for an unreadable file, an unknown key (with the nearest known one) or a
    bad value.
    """
    values: dict[str, Any] = {s.name: s.default for s in SETTINGS}
    origins: dict[str, str] = dict.fromkeys(values, "default")
    sources: tuple[SourceSettings, ...] = ()
    replicas: tuple[ReplicaSettings, ...] = ()
    tokens: tuple[TokenSettings, ...] = ()
    folder = Path.cwd()
    if file is not None:
        folder = file.resolve().parent
        text = _read(file)
        table = _parse(text, file)
        sources = _sources(table.pop("sources", []), text, file)
        tokens = _tokens(table.pop("tokens", []), file)
        replicas = _replicas(table.pop("replicas", []), text, file)
        for name, value in _flatten(table):
            where = f"{file}:{_line(text, name)}"
            setting = _known(name, where)
            values[name] = _value(setting, value, where)
            origins[name] = where
    by_variable = {s.variable: s for s in SETTINGS}
    for variable, raw in sorted((environment or {}).items()):
        if not variable.startswith("KG_") or variable in _OTHER_VARIABLES:
            continue
        if re.fullmatch(r"KG_REPLICA_[A-Z0-9_]+_SECRET", variable):
            continue  # read where a replica is reached, so that no list of settings ever shows it
        if variable not in by_variable:
            raise ConfigError(
                f"environment variable {variable} is no setting{_nearest(variable, list(by_variable))}",
                setting=variable,
                where="environment",
            )
        setting = by_variable[variable]
        values[setting.name] = _value(setting, raw, variable)
        origins[setting.name] = variable
    for name, value in (flags or {}).items():
        if value is not None:
            values[name] = _value(_known(name, "flag"), value, f"flag for {name}")
            origins[name] = "flag"
    made = Settings(
        values=values, origins=origins, sources=sources, folder=folder, file=file, replicas=replicas, tokens=tokens
    )
    if values["engine"] != "embedded":
        made.replica_named(values["engine"])
    return made


def _read(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise ConfigError(
            f"{file}: there is no such settings file; make one with: kg init DIR", where=str(file)
        ) from None
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{file}: cannot be read: {error}", where=str(file)) from None


def _parse(text: str, file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{file}: is no valid TOML: {error}", where=str(file)) from None


def _flatten(table: Mapping[str, Any], prefix: str = "") -> list[tuple[str, Any]]:
    rows: list[tuple[str, Any]] = []
    for key, value in table.items():
        name = f"{prefix}{key}"
        if isinstance(value, dict) and not any(s.name == name for s in SETTINGS):
            empty_section = any(s.name.startswith(f"{name}.") for s in SETTINGS)
            rows.extend(_flatten(value, f"{name}.") or ([] if empty_section else [(name, value)]))
        else:
            rows.append((name, value))
    return rows


def _line(text: str, name: str) -> int:
    """The line a key stands on (1 where it cannot be found): tomllib does not tell."""
    key = re.escape(name.rsplit(".", 1)[-1])
    for number, line in enumerate(text.splitlines(), 1):
        if re.match(rf"\s*(?:[\w.-]+\.)?{key}\s*=", line) or re.match(rf"\s*\[+(?:[\w.-]+\.)?{key}\]+", line):
            return number
    return 1


def _nearest(name: str, known: Sequence[str]) -> str:
    close = difflib.get_close_matches(name, known, n=1, cutoff=0.6)
    return f"; did you mean {close[0]}?" if close else "; see: kg config show"


def _known(name: str, where: str) -> Setting:
    names = [s.name for s in SETTINGS]
    if name not in names:
        raise ConfigError(f"{where}: unknown setting {name!r}{_nearest(name, names)}", setting=name, where=where)
    return SETTINGS[names.index(name)]


def _value(setting: Setting, value: Any, where: str) -> Any:
    try:
        return setting.parse(value)
    except (ValueError, TypeError) as error:
        reason = str(error) if "must" in str(error) else "cannot be read as a number"
        raise ConfigError(f"{where}: {setting.name} = {value!r} {reason}", setting=setting.name, where=where) from None


def _sources(tables: Any, text: str, file: Path) -> tuple[SourceSettings, ...]:
    made: list[SourceSettings] = []
    if not isinstance(tables, list):
        raise ConfigError(f"{file}: sources must be written as [[sources]] tables", setting="sources", where=str(file))
    for number, table in enumerate(tables, 1):
        where = f"{file}: source {number}"
        for key in table:
            if key not in SOURCE_KEYS:
                near = _nearest(key, list(SOURCE_KEYS))
                raise ConfigError(
                    f"{file}:{_line(text, key)}: unknown key {key!r} in source {number}{near}", setting=key
                )
            reading: Callable[[Any], Any] = _SOURCE_VALUES.get(key, _text)
            try:
                table[key] = reading(table[key])
            except ValueError as error:
                raise ConfigError(f"{where}: {key} = {table[key]!r} {error}", setting=key) from None
        if not re.fullmatch(r"[a-z0-9][a-z0-9-]*", table.get("name", "")):
            raise ConfigError(f"{where}: name is needed, of lower-case letters, digits and hyphens", setting="name")
        if any(s.name == table["name"] for s in made):
            raise ConfigError(f"{where}: there are two sources named {table['name']!r}", setting="name")
        if "path" in table and "url" in table:
            raise ConfigError(f"{where}: has a path and a url; make two sources of it", setting="url")
        if table.get("robots") == "ignore" and table.get("rights") != "own":
            raise ConfigError(f"{where}: only a source with rights = own may ignore robots.txt", setting="robots")
        if table.get("kind") not in (None, "folder") and "url" not in table:
            raise ConfigError(f"{where}: kind = {table['kind']!r} needs a url", setting="kind")
        path = (file.resolve().parent / table["path"]).resolve() if "path" in table else None
        rest = {key: value for key, value in table.items() if key not in ("name", "path")}
        made.append(SourceSettings(name=table["name"], path=path, **rest))
    return tuple(made)


def _replicas(tables: Any, text: str, file: Path) -> tuple[ReplicaSettings, ...]:
    made: list[ReplicaSettings] = []
    if not isinstance(tables, list):
        raise ConfigError(
            f"{file}: replicas must be written as [[replicas]] tables", setting="replicas", where=str(file)
        )
    for number, table in enumerate(tables, 1):
        where = f"{file}: replica {number}"
        for key in table:
            if key not in REPLICA_KEYS:
                near = _nearest(key, list(REPLICA_KEYS))
                raise ConfigError(
                    f"{file}:{_line(text, key)}: unknown key {key!r} in replica {number}{near}", setting=key
                )
            try:
                parse: Callable[[Any], Any] = _REPLICA_VALUES.get(key, _text)
                table[key] = parse(table[key])
            except ValueError as error:
                raise ConfigError(f"{where}: {key} = {table[key]!r} {error}", setting=key) from None
        name = table.get("name", "")
        if not re.fullmatch(r"[a-z0-9][a-z0-9-]*", name) or name == "embedded":
            raise ConfigError(
                f"{where}: name is needed, of lower-case letters, digits and hyphens, and not embedded", setting="name"
            )
        if any(one.name == name for one in made):
            raise ConfigError(f"{where}: there are two replicas named {name!r}", setting="name")
        for key in ("query", "update"):
            if key not in table:
                raise ConfigError(f"{where}: {key} is needed, the address of the server's {key} service", setting=key)
        if table.get("auth") in ("basic", "digest") and not table.get("user"):
            raise ConfigError(f"{where}: auth = {table['auth']!r} needs a user", setting="user")
        made.append(ReplicaSettings(**table))
    return tuple(made)


def _tokens(tables: Any, file: Path) -> tuple[TokenSettings, ...]:
    """The access tokens. No message repeats a value: somebody may have written the secret itself there."""
    made: list[TokenSettings] = []
    if not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
        raise ConfigError(f"{file}: tokens must be written as [[tokens]] tables", setting="tokens", where=str(file))
    for number, table in enumerate(tables, 1):
        where = f"{file}: token {number}"
        for key in table:
            if key not in TOKEN_KEYS:
                near = _nearest(key, list(TOKEN_KEYS))
                raise ConfigError(f"{where}: unknown key {key!r}{near}", setting=key, where=str(file))
        name, secret, role = (table.get(key) for key in ("name", "hash", "role"))
        if not isinstance(name, str) or not re.fullmatch(r"[a-z0-9][a-z0-9-]{0,63}", name):
            raise ConfigError(f"{where}: name is needed, of lower-case letters, digits and hyphens", setting="name")
        if any(one.name == name for one in made):
            raise ConfigError(f"{where}: there are two tokens named {name!r}", setting="name")
        if not isinstance(secret, str) or not re.fullmatch(r"sha256:[0-9a-f]{64}", secret):
            raise ConfigError(
                f"{where}: hash must be sha256: and 64 hexadecimal digits; make a token with: kg token new NAME",
                setting="hash",
            )
        if any(one.digest == secret.removeprefix("sha256:") for one in made):
            raise ConfigError(f"{where}: another token has the same hash; make one for each holder", setting="hash")
        if role not in ROLES:
            raise ConfigError(f"{where}: role must be one of {', '.join(ROLES)}", setting="role")
        expires = table.get("expires")
        if isinstance(expires, str):
            try:
                expires = date.fromisoformat(expires)
            except ValueError:
                expires = ""
        if expires is not None and type(expires) is not date:
            raise ConfigError(f"{where}: expires must be a day such as 2027-12-31", setting="expires")
        note = table.get("note", "")
        if not isinstance(note, str):
            raise ConfigError(f"{where}: note must be text", setting="note")
        made.append(TokenSettings(name, secret.removeprefix("sha256:"), role, expires, note))
    return tuple(made)
