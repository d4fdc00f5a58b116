"""Where variables are set: the environment and `.env`. Which variables there are is told by the caller.

No message here shows a value: it may be a secret.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

from dotenv import dotenv_values
from dotenv.parser import Binding, parse_stream

from football_assets.settings.errors import SettingsError, shown

PROJECT_ROOT = Path(__file__).resolve().parents[2]

#: Variables with such a beginning are the project's.
PREFIXES = ("FOOTBALL_", "THESPORTS_")

#: What Kubernetes sets in each container for a service named `football-...`: `FOOTBALL_ASSETS_SERVICE_HOST`.
_OF_A_SERVICE = re.compile(r"\w+_(SERVICE_HOST|SERVICE_PORT(_\w+)?|PORT_\d+_(TCP|UDP|SCTP)(_\w+)?)")
_PORT_OF_A_SERVICE = re.compile(r"(tcp|udp|sctp)://")

#: Variables of former versions, and what took their place.
RETIRED = {"FOOTBALL_ODDS_FEED_SECONDS": "FOOTBALL_PULSE_SECONDS"}

_NEW_LINE = re.compile(r"\r\n|\n|\r")


@dataclass(frozen=True)
class EnvFile:
    """A file `.env`: the project's variables in it, and the same as other programs may read them.

    python-dotenv, which Dagster uses, puts other variables in the place of `${HOME}` and the like.
    """

    path: Path
    values: Mapping[str, str]
    expanded: Mapping[str, str | None]


def find_env_files(path: Path) -> list[EnvFile]:
    """What is found at `path`, below the project's root and then below the working directory, which wins.

    Raises `SettingsError` with file and line for what cannot be read or would not be read as it is meant.
    """
    found = (_read(place) for place in _places(path))
    return [file for file in found if file]


def refuse_unknown(variables: Mapping[str, str], known: Iterable[str], where: str = "") -> None:
    """Raise `SettingsError` for a variable that looks like the project's and is none, naming the nearest."""
    known = list(known)
    for name, value in variables.items():
        if not _is_ours(name) or name.upper() in known or _is_of_a_service(name.upper(), value):
            continue
        if successor := RETIRED.get(name.upper()):
            raise SettingsError(f"{shown(name)}{where} is no setting any more: {successor} took its place")
        (nearest,) = get_close_matches(name.upper(), known, n=1, cutoff=0)
        raise SettingsError(f"{shown(name)}{where} is not a setting; the nearest one is {nearest}")


def _is_ours(name: str) -> bool:
    return name.upper().startswith(PREFIXES)


def _is_of_a_service(name: str, value: str) -> bool:
    is_port = name.endswith("_PORT") and _PORT_OF_A_SERVICE.match(value)
    return bool(is_port or _OF_A_SERVICE.fullmatch(name))


def _places(path: Path) -> Iterable[Path]:
    places = [PROJECT_ROOT / path]
    with suppress(FileNotFoundError):  # where the working directory is gone
        places.append(path.absolute())
    return dict.fromkeys(places)


def _read(path: Path) -> EnvFile | None:
    try:
        content = path.read_bytes()
    except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
        return None
    except OSError as error:
        raise SettingsError(f"{path} cannot be read: {error.strerror or error}") from None
    text = _decoded(path, content)
    values = dict(_values(path, text))
    expanded = dotenv_values(stream=io.StringIO(text))
    return EnvFile(path, values, expanded)


def _decoded(path: Path, content: bytes) -> str:
    """The text of a file in UTF-8, with or without a byte order mark."""
    try:
        text = content.decode("utf-8-sig")
        bad = text.find("\0")  # "A\0=\0" is what an editor writes that saves as UTF-16
    except UnicodeDecodeError as error:
        text, bad = "", error.start
    if bad >= 0:
        line = 1 + content[:bad].count(b"\n")
        raise SettingsError(f"{path}, line {line}: the file is not in UTF-8; save it in that encoding")
    return text


def _values(path: Path, text: str) -> Iterator[tuple[str, str]]:
    for binding in parse_stream(io.StringIO(text)):
        where = f"{path}, line {_line(binding)}"
        if binding.error:
            raise SettingsError(f"{where}: neither NAME=value nor a comment, or a quote is not closed")
        if binding.key is None or not _is_ours(binding.key):
            continue
        name = shown(binding.key)
        if binding.value is None:
            raise SettingsError(f"{where}: {name} has no value; write {name}=value")
        problem = _problem(binding)
        if problem:
            raise SettingsError(f"{where}: the value of {name} {problem}")
        yield binding.key, binding.value


def _problem(binding: Binding) -> str | None:
    """Why the value may not be what was meant."""
    written = binding.original.string.strip("\r\n").partition("=")[2]
    if written.strip().startswith(("'", '"')):
        return "goes on over its line: is its quote closed?" if _NEW_LINE.search(written) else None
    if written.strip() != binding.value or re.match(r"\s+#", written):
        return "has a # after a space; put it in single quotes, or the comment on a line of its own"
    return None


def _line(binding: Binding) -> int:
    """The line on which it begins, after the empty lines that are counted to it."""
    text = binding.original.string
    return binding.original.line + len(_NEW_LINE.findall(text[: len(text) - len(text.lstrip())]))
