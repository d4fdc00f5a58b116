"""What can go wrong with a request. No message ever holds a URL: its query carries the secret."""

from __future__ import annotations

from typing import ClassVar


class TheSportsError(Exception):
    """A request that brought no usable answer.

    `cause` names the kind in counts and reports; `heals` tells whether another attempt may succeed.
    """

    cause: ClassVar[str] = "error"
    heals: ClassVar[bool] = False


class NotAuthorized(TheSportsError):
    """The API does not know the credentials, the address (`scope` "account") or the endpoint ("endpoint")."""

    cause = "not_authorized"

    def __init__(self, message: str, scope: str = "account") -> None:
        super().__init__(message)
        self.scope = scope


class OverQuota(TheSportsError):
    """Too many requests; `retry_after` are the seconds that the API asks to wait, where it says so."""

    cause = "over_quota"
    heals = True

    def __init__(self, message: str, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class NotFound(TheSportsError):
    """The API has no such resource."""

    cause = "not_found"


class BrokenAnswer(TheSportsError):
    """An answer that is not as documented: not JSON, too large, without results, of the wrong type."""

    cause = "broken_answer"
    heals = True


class ApiFailure(TheSportsError):
    """An error that the API reports of itself, such as code 9999."""

    cause = "api_failure"
    heals = True


class NotReachable(TheSportsError):
    """No answer: refused, reset, cut off, or an error of the proxy in front."""

    cause = "not_reachable"
    heals = True


class TimedOut(NotReachable):
    """No answer in time."""

    cause = "timeout"


class NotSent(TheSportsError):
    """A request that was not sent: its endpoint has failed too often in this cycle."""

    cause = "not_sent"


class DeadlinePassed(TheSportsError):
    """A request that the cycle's deadline left no time for."""

    cause = "deadline"
