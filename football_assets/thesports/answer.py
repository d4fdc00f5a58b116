"""What a response of the API means: an `Answer`, or the error that it stands for. Sends nothing."""

from __future__ import annotations

import email.utils
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import orjson

from football_assets.redaction import Secrets
from football_assets.thesports.bounds import Bounds
from football_assets.thesports.errors import (
    ApiFailure,
    BrokenAnswer,
    NotAuthorized,
    NotFound,
    NotReachable,
    OverQuota,
    TheSportsError,
)

ADVICE = (
    "check THESPORTS_USER and THESPORTS_SECRET, that this machine's address is on the vendor's whitelist, "
    "and that the plan includes the endpoint"
)
QUOTA_ADVICE = "more requests than the account may send, perhaps with those of another program"

#: A larger answer that repeats the secret is refused; freeing it of the secret would take minutes.
_MAX_CLEANED_BYTES = 1024 * 1024


@dataclass(frozen=True)
class Answer:
    """A good answer: `results` of the documented type, `query` of list endpoints, when it came (UTC),
    and the API's own time by its `Date` header (UTC), where it sent one. `extra` is `results_extra`:
    what the rows of the diary refer to."""

    results: Any
    query: dict[str, Any]
    extra: dict[str, Any]
    received_at: datetime
    server_time: datetime | None


@dataclass(frozen=True)
class Response:
    """An HTTP response, its body unpacked."""

    status: int
    body: bytes
    headers: dict[str, str]

    @property
    def size(self) -> int:
        """Bytes of the body."""
        return len(self.body)


def read(
    endpoint: str, expected: type, response: Response, bounds: Bounds, secrets: Secrets
) -> Answer | TheSportsError:
    """Parse a response into an `Answer` whose results are of the type `expected`, or return the error that it
    represents. The `secrets` are removed from both."""
    problem = _http_problem(endpoint, response)
    if problem is not None:
        return problem
    excess = bounds.excess(response.body)
    if excess is not None:
        return BrokenAnswer(f"{endpoint}: {excess}")
    try:
        envelope = decode(response.body)
    except (ValueError, RecursionError):
        start = _shown(response.body[:1000].decode(errors="replace"), secrets)[:24]
        return BrokenAnswer(f"{endpoint}: not JSON, {len(response.body)} bytes beginning {start!r}")
    if not isinstance(envelope, dict):
        return BrokenAnswer(f"{endpoint}: {type(envelope).__name__} instead of an object")
    problem = _envelope_problem(endpoint, envelope, secrets)
    if problem is not None:
        return problem
    if secrets.may_be_in(response.body):
        try:
            envelope = _cleaned(envelope, response.size, secrets)
        except (_TellsError, RecursionError):  # where the depth is hidden, see `bounds`
            return BrokenAnswer(f"{endpoint}: {response.size} bytes that repeat the credentials")
    return _answer(endpoint, expected, envelope, bounds, response)


class _TellsError(Exception):
    pass


def _cleaned(envelope: dict[str, Any], size: int, secrets: Secrets) -> dict[str, Any]:
    """The envelope without secrets. Rows that hold one are refused: cleaned, they would pass for good ones,
    and a team keep the notice as its name."""
    if size > _MAX_CLEANED_BYTES:
        raise _TellsError
    cleaned = secrets.cleaned(envelope)
    if any(cleaned.get(name) != envelope.get(name) for name in ("results", "results_extra")):
        raise _TellsError
    return dict(cleaned)


def decode(body: bytes) -> Any:
    """JSON as the API may send it. The fast decoder is strict; what it refuses (NaN, integers beyond
    64 bits) the standard one may still read. Raises `ValueError` or `RecursionError`."""
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError:
        return json.loads(body)


def _answer(
    endpoint: str, expected: type, envelope: dict[str, Any], bounds: Bounds, response: Response
) -> Answer | TheSportsError:
    results = envelope.get("results")
    if expected is dict and results == []:
        results = {}
    if not isinstance(results, expected):
        return BrokenAnswer(f"{endpoint}: results are {type(results).__name__}, not {expected.__name__}")
    if isinstance(results, list | dict) and len(results) > bounds.rows:
        return BrokenAnswer(f"{endpoint}: {len(results)} rows, more than {bounds.rows}")
    return Answer(
        results=results,
        query=_object(envelope, "query"),
        extra=_object(envelope, "results_extra"),
        received_at=datetime.now(UTC),
        server_time=_http_date(response.headers.get("Date")),
    )


def _object(envelope: dict[str, Any], name: str) -> dict[str, Any]:
    value = envelope.get(name)
    return value if isinstance(value, dict) else {}


def _shown(value: object, secrets: Secrets) -> str:
    """A value of the API's as a message may show it: on one line, short, and without the credentials."""
    if isinstance(value, list | dict):
        return "a list" if isinstance(value, list) else "an object"
    text = secrets.redacted_with_names(str(value)[:1000])
    return "".join(sign if sign.isprintable() else " " for sign in text[:120])


def _http_problem(endpoint: str, response: Response) -> TheSportsError | None:
    status = response.status
    if status == 200:
        return None
    if status == 429:
        return OverQuota(
            f"{endpoint}: HTTP 429; {QUOTA_ADVICE}", _retry_after(response.headers.get("Retry-After"))
        )
    if status in (401, 403):
        return NotAuthorized(f"{endpoint}: HTTP {status}; {ADVICE}")
    if status == 404:
        return NotFound(f"{endpoint}: HTTP 404")
    if status >= 500:
        return NotReachable(f"{endpoint}: HTTP {status}")
    return BrokenAnswer(f"{endpoint}: HTTP {status}")


def _envelope_problem(endpoint: str, envelope: dict[str, Any], secrets: Secrets) -> TheSportsError | None:
    given = envelope.get("err")
    if given:
        error = given[:120].lower() if isinstance(given, str) else ""
        text = f"{endpoint}: {_shown(given, secrets)}"
        if "authorized" in error:
            return NotAuthorized(f"{text}; {ADVICE}", "endpoint" if error.startswith("url") else "account")
        return ApiFailure(text)
    code = envelope.get("code")
    if code == 0 and type(code) is int:
        return None
    message = _shown(envelope.get("msg", "no message"), secrets)
    text = f"{endpoint}: code {_shown(code, secrets)}, {message}"
    if code == 429:
        return OverQuota(f"{text}; {QUOTA_ADVICE}")
    if code == 404:
        return NotFound(text)
    return ApiFailure(text) if isinstance(code, int) else BrokenAnswer(text)


def _retry_after(value: str | None) -> float | None:
    """Seconds to wait by a `Retry-After` header, which holds seconds or a date (RFC 9110, 10.2.3)."""
    if value is None:
        return None
    if value.isascii() and value.strip().isdigit():
        return float(value)
    moment = _http_date(value)
    return max((moment - datetime.now(UTC)).total_seconds(), 0.0) if moment else None


def _http_date(value: str | None) -> datetime | None:
    try:
        moment = email.utils.parsedate_to_datetime(value or "")
    except (ValueError, OverflowError):
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
