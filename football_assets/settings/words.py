"""What a setting allows, in words, made from its type and bounds."""

from __future__ import annotations

from typing import Literal, get_args, get_origin

from pydantic.fields import FieldInfo


def allowed(field: FieldInfo) -> str:
    """What the setting allows, in words: `a whole number from 10 to 3600`.

    A field has words of its own (`kinds.own_words`) where type and bounds do not say it.
    """
    bounds = {
        name: value
        for bound in field.metadata
        for name in ("ge", "gt", "le", "max_length")
        if (value := getattr(bound, name, None)) is not None
    }
    extra = field.json_schema_extra
    if isinstance(extra, dict):
        return str(extra["allowed"]).format(**bounds)
    if get_origin(field.annotation) is Literal:
        *others, last = map(str, get_args(field.annotation))
        return f"{', '.join(others)} or {last}"
    if field.annotation is bool:
        return "true or false"
    noun = "a whole number" if field.annotation is int else "a number"
    if "gt" in bounds:
        return f"{noun} above {bounds['gt']}, at most {bounds['le']}"
    return f"{noun} from {bounds['ge']} to {bounds['le']}"
