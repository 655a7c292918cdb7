"""The head of a Markdown file: YAML between ``---`` lines or TOML between ``+++`` lines."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from typing import Any

from kg.errors import InvalidFormat, TooLarge

__all__ = ["FrontMatter", "front_matter", "looks_so"]

LARGEST = 64 * 1024  # characters; the head of an article is a page at most
_DEEPEST = 12
_MOST = 5_000  # values, aliases counted each time they are used
_YAML = re.compile(r"---[ \t]*\n(?P<head>(?:.*\n)*?)(?:---|\.\.\.)[ \t]*(?:\n|\Z)")
_TOML = re.compile(r"\+\+\+[ \t]*\n(?P<head>(?:.*\n)*?)\+\+\+[ \t]*(?:\n|\Z)")
_KEY = re.compile(r"""(?:["']?[^\W\d][\w .-]{0,60}["']?)\s*[:=](?:\s|$)""")


@dataclass(frozen=True, slots=True)
class FrontMatter:
    """The ``fields`` of a head, and ``end``: where the text below it begins."""

    fields: dict[str, object]
    end: int


def looks_so(text: str) -> bool:
    """Whether the text begins with a head: its mark, and a name with a value on the first line that says something."""
    if not text.startswith(("---", "+++")):
        return False
    rows = [row for row in text[:4096].split("\n")[1:] if row.strip() and not row.lstrip().startswith("#")]
    return bool(rows) and _KEY.match(rows[0]) is not None


def front_matter(text: str, origin: str) -> FrontMatter | None:
    """The head of a text with LF line ends, or None where it has none.

    Values of YAML are texts, lists and objects: ``no`` is Norwegian and ``2026-03-10`` a date as written. Raises
    :class:`kg.errors.InvalidFormat` with the line for a head that is not closed, broken, or holds a name twice, and
    :class:`kg.errors.TooLarge`.
    """
    if not looks_so(text):
        return None
    toml = text.startswith("+++")
    found = (_TOML if toml else _YAML).match(text[: LARGEST + 16])
    if found is None:
        if len(text) > LARGEST:
            reason = f"the head of the file is not closed within {LARGEST:,} characters"
            raise TooLarge(reason, origin=origin, size=len(text), limit=LARGEST)
        mark = "+++" if toml else "---"
        raise InvalidFormat(f"the head of the file is not closed; put a line {mark} below it", origin=origin, line=1)
    fields = _toml(found["head"], origin) if toml else _yaml(found["head"], origin)
    return FrontMatter(fields, found.end())


def _toml(head: str, origin: str) -> dict[str, object]:
    try:
        return dict(tomllib.loads(head))
    except tomllib.TOMLDecodeError as error:
        at = re.search(r"line (\d+)", str(error))
        raise InvalidFormat(
            f"the head of the file is no valid TOML: {error}", origin=origin, line=int(at[1]) + 1 if at else 1
        ) from error
    except (RecursionError, ValueError) as error:
        raise InvalidFormat("the head of the file is no valid TOML: nested too deep", origin=origin, line=1) from error


def _yaml(head: str, origin: str) -> dict[str, object]:
    import yaml

    try:
        node = yaml.compose(head, Loader=yaml.SafeLoader)
    except yaml.YAMLError as error:
        problem = getattr(error, "problem", None) or "it cannot be read"
        # What is not closed is found at the end; the place to look at is where it began.
        open_ = getattr(error, "context_mark", None) if "stream" in problem else None
        mark = open_ or getattr(error, "problem_mark", None)
        raise InvalidFormat(
            f"the head of the file is no valid YAML: {problem}", origin=origin, line=mark.line + 2 if mark else 1
        ) from error
    except (RecursionError, ValueError) as error:
        raise InvalidFormat("the head of the file is no valid YAML: nested too deep", origin=origin, line=1) from error
    if node is None:
        return {}
    value = _Values(origin).of(node, 0)
    if not isinstance(value, dict):
        raise InvalidFormat("the head of the file is no list of names and values", origin=origin, line=1)
    return value


@dataclass(slots=True)
class _Values:
    """Turns nodes into values and counts them, so that no alias can make a small head a large one."""

    origin: str
    count: int = 0

    def of(self, node: Any, depth: int) -> Any:
        self.count += 1
        line = node.start_mark.line + 2
        if depth > _DEEPEST or self.count > _MOST:
            what = "is nested too deep" if depth > _DEEPEST else f"holds more than {_MOST:,} values"
            raise InvalidFormat(f"the head of the file {what}", origin=self.origin, line=line)
        if node.id == "sequence":
            return [self.of(one, depth + 1) for one in node.value]
        if node.id == "mapping":
            made: dict[str, object] = {}
            for key, value in node.value:
                name = str(key.value) if key.id == "scalar" else ""
                if name in made:
                    reason = f"the name {name[:60]!r} stands twice in the head of the file; leave one of them"
                    raise InvalidFormat(reason, origin=self.origin, line=key.start_mark.line + 2)
                made[name] = self.of(value, depth + 1)
            return made
        null = node.tag == "tag:yaml.org,2002:null"
        return None if null else node.value
