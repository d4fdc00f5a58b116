"""What is wrong with a setting, in one line that shows no secret."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, get_args

from pydantic import SecretStr, ValidationError
from pydantic.fields import FieldInfo

from football_assets.settings.kinds import CHECKED_BASE_ADDRESS
from football_assets.settings.words import allowed

#: Longer values are cut when they are shown.
_SHOWN = 80


class SettingsError(ValueError):
    """A setting that is not allowed. The message is one line: the variable, the value and what is allowed, or
    the file `.env`, the line, and what is wrong there."""


def one_line(error: ValidationError, fields: Mapping[str, FieldInfo], variables: Mapping[str, str]) -> str:
    """The first problem of a validation. `variables` has the name of the field of each variable."""
    problem = error.errors(include_url=False)[0]
    if not problem["loc"]:
        return str(problem["msg"]).removeprefix("Value error, ")
    name = str(problem["loc"][0])
    variable, field = next(
        (variable, fields[field]) for variable, field in variables.items() if name in (variable, field)
    )
    return f"{variable}={_value(problem['input'], field)} is not allowed: {allowed(field)}"


def shown(text: str) -> str:
    """A text as a message may hold it: on one line and not long."""
    text = "".join(one if one.isprintable() else repr(one)[1:-1] for one in text[: _SHOWN + 1])
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"


def without_secrets(address: str) -> str:
    """An address without what may be secret: user name and password, query and fragment."""
    if "@" in address:
        return "***"
    plain, *rest = re.split(r"[?#]", address, maxsplit=1)
    return f"{plain}?***" if rest else plain


def _value(given: Any, field: FieldInfo) -> str:
    if _is_secret(field.annotation):
        return "***"
    text = ",".join(map(str, given)) if isinstance(given, tuple) else str(given)
    return shown(without_secrets(text) if _holds_address(field) else text)


def _holds_address(field: FieldInfo) -> bool:
    return any(one is CHECKED_BASE_ADDRESS for one in field.metadata)


def _is_secret(annotation: Any) -> bool:
    return annotation is SecretStr or any(_is_secret(part) for part in get_args(annotation))
