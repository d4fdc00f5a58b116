"""Types that several settings share, with their checks. Which settings there are is not here."""

from __future__ import annotations

import re
from collections.abc import Callable
from ipaddress import IPv6Address
from typing import Annotated, Any
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr
from pydantic_settings import NoDecode

#: A threshold beyond this is a mistake, and as seconds it must fit a `timedelta`.
LARGEST_THRESHOLD = 1_000_000

_LABEL = r"[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?"
_HOST = re.compile(rf"(?=.{{1,253}}\Z){_LABEL}(?:\.{_LABEL})*")
_NETLOC = re.compile(r"(\[[^\[\]]+\]|[^\[\]:@]+)(:[0-9]{1,5})?")
_PLAIN_ADDRESS = rf"[A-Za-z0-9.!#$%&'*+/=?^_`{{|}}~-]{{1,64}}@{_LABEL}(?:\.{_LABEL})*"
_EMAIL = re.compile(rf"{_PLAIN_ADDRESS}|[\w .'-]+ <{_PLAIN_ADDRESS}>")


def split(value: object) -> object:
    """The parts of a text between its commas; anything else is left as it is."""
    return tuple(part.strip() for part in value.split(",")) if isinstance(value, str) else value


Splitting = BeforeValidator(split)

#: A figure's bounds: normal up to the first, a warning from the second, critical above the third. Where they
#: fall, as for the margin, it is normal from the first, a warning below the second and so on.
_Bound = Annotated[float, Field(ge=-LARGEST_THRESHOLD, le=LARGEST_THRESHOLD)]
Thresholds = Annotated[tuple[_Bound, _Bound, _Bound], NoDecode, Splitting]


def own_words(text: str, **more: Any) -> dict[str, Any]:
    """For `json_schema_extra`: what a setting allows, where its type and bounds do not say it.

    `{ge}`, `{le}` and the like in the text stand for the field's bounds.
    """
    return {"allowed": text, **more}


def thresholds(
    normal: float, warning: float, critical: float, description: str, *, by_interval: bool = False
) -> Any:
    """A setting of three bounds; those `by_interval` are for 60 seconds and grow and shrink with it."""
    order = "rising" if normal < critical else "falling"

    def default(given: dict[str, Any]) -> tuple[float, ...]:
        share = given.get("interval_seconds", 60) / 60 if by_interval else 1
        return tuple(share * bound for bound in (normal, warning, critical))

    text = f"three {order} numbers from -{LARGEST_THRESHOLD} to {LARGEST_THRESHOLD}, separated by commas"
    return Field(
        default_factory=default,
        description=f"{description}: normal, warning, critical.",
        json_schema_extra=own_words(text, order=order),
    )


def _checked(holds: Callable[[str], bool]) -> AfterValidator:
    def check(value: Any) -> Any:
        text = value.get_secret_value() if isinstance(value, SecretStr) else value
        if not holds(text):
            raise ValueError
        return value

    return AfterValidator(check)


def is_host(text: str) -> bool:
    """Whether it can be the name or address of a host: one that cannot be looked up would fail every time."""
    if _HOST.fullmatch(text):
        try:
            return bool(text.encode("ascii").decode("idna"))
        except UnicodeError:  # `xn--` with nothing that stands for a name
            return False
    try:
        return bool(IPv6Address(text))
    except ValueError:
        return False


def is_web_address(text: str) -> bool:
    """Whether it is a http or https address with a host, a port that exists, and no user name or password."""
    try:
        parts = urlsplit(text)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return False
    is_plain = text.isascii() and " " not in text and bool(_NETLOC.fullmatch(parts.netloc))
    return parts.scheme in ("http", "https") and is_plain and is_host(host) and port != 0


def is_base_address(text: str) -> bool:
    """Whether endpoints can be added to the web address: it has no query and no fragment."""
    return is_web_address(text) and not set(text) & set("?#@")


def is_network_address(text: str) -> bool:
    """Whether it is a host with or without a port, or a http or https address of one without a path."""
    address = text if "://" in text else f"https://{text}"
    return is_base_address(address) and urlsplit(address).path in ("", "/")


def is_email(text: str) -> bool:
    """Whether it is an e-mail address, alone or as `Name <address>`."""
    return bool(_EMAIL.fullmatch(text))


Host = Annotated[str, _checked(is_host)]
WebAddress = Annotated[SecretStr, _checked(is_web_address)]
CHECKED_BASE_ADDRESS = _checked(is_base_address)
CHECKED_NETWORK_ADDRESS = _checked(is_network_address)
BaseAddress = Annotated[str, CHECKED_BASE_ADDRESS]
Email = Annotated[str, _checked(is_email)]
Emails = Annotated[str, _checked(lambda text: all(is_email(one.strip()) for one in text.split(",")))]
