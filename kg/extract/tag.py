"""Language tags (BCP 47) as sources write them."""

from __future__ import annotations

import re

__all__ = ["tag"]

_TAG = re.compile(r"(?P<language>[A-Za-z]{2,3})(?P<rest>(?:[-_][A-Za-z0-9]{2,8})*)(?:\.[\w-]+)?")
_NONE = frozenset(("und", "mul", "zxx", "mis"))


def tag(text: object) -> str | None:
    """The language tag in the form of BCP 47, section 2.1.1 (``en-us`` becomes ``en-US``), or None for no tag."""
    found = _TAG.fullmatch(text.strip()) if isinstance(text, str) and len(text) < 40 else None
    if found is None or found["language"].lower() in _NONE:
        return None
    made = [found["language"].lower()]
    for part in re.split("[-_]", found["rest"])[1:]:
        if len(part) == 2 and part.isalpha():
            made.append(part.upper())
        elif len(part) == 4 and part.isalpha():
            made.append(part.title())
        else:
            made.append(part.lower())
    return "-".join(made)
