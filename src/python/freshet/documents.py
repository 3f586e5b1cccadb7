"""The JSON files below a snapshot root: each has the number of its format and its own digest.

The digest is the SHA-256 of the document on one line without the digest, as Jackson writes it: keys
in the order of the file, characters beyond the first plane escaped as two units of UTF-16.
"""

from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path
from typing import Any

from .errors import SnapshotError

_MAJOR = "1"  # the formats that are read: 1.x

# What is escaped in the text that a digest is taken of, and how where not by its UTF-16 units.
_ESCAPED = re.compile('[\x00-\x1f"\\\\\ud800-\udfff\U00010000-\U0010ffff]')
_SHORT = {'"': '\\"', "\\": "\\\\", "\b": r"\b", "\t": r"\t", "\n": r"\n", "\f": r"\f", "\r": r"\r"}


def read(path: Path) -> dict[str, Any] | None:
    """A JSON file of a readable format whose digest matches; None where there is no file."""
    try:
        text = path.read_text("utf-8")
        document = json.loads(text, parse_constant=_refuse)
        as_written = json.loads(text, parse_int=_Literal, parse_float=_Literal)
    except FileNotFoundError:
        return None
    except OSError as e:
        raise SnapshotError(f"{path} cannot be read: {e.strerror}") from e
    except ValueError as e:
        raise SnapshotError(f"{path} is no JSON: {e}") from e
    if not isinstance(document, dict):
        raise SnapshotError(f"{path} is no JSON object")
    found = str(document.get("format", ""))
    if found.split(".")[0] != _MAJOR:
        raise SnapshotError(f'{path} has the format "{found}"; {_MAJOR}.x is readable here')
    said = as_written.pop("digest", None)
    digest = hashlib.sha256(_line(as_written).encode()).hexdigest()
    if said is not None and said != digest:
        raise SnapshotError(
            f"{path} has the digest {digest} and says {said}: it is damaged, or was changed by hand"
        )
    return document


class _Literal(str):
    """A number as the file has it: another language writes it in other digits."""


def _line(value: Any) -> str:
    """JSON on one line, as a digest is taken of it."""
    if isinstance(value, dict):
        return "{%s}" % ",".join(f"{_line(key)}:{_line(v)}" for key, v in value.items())
    if isinstance(value, list):
        return "[%s]" % ",".join(map(_line, value))
    if isinstance(value, _Literal):
        return str(value)
    if isinstance(value, str):
        return '"%s"' % _ESCAPED.sub(_escape, value)
    return json.dumps(value)  # true, false, null


def _escape(match: re.Match) -> str:
    character = match[0]
    if character <= "\xff":
        return _SHORT.get(character) or f"\\u{ord(character):04X}"
    units = character.encode("utf-16-be", "surrogatepass").hex().upper()
    return "".join(rf"\u{units[i : i + 4]}" for i in range(0, len(units), 4))


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is no number of JSON")
