"""The API's quotas, kept in a small SQLite file so that they hold over all processes and restarts."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from urllib.parse import quote

from football_assets.thesports.endpoints import LIVE_HISTORY, ODDS_HISTORY
from football_assets.thesports.errors import TheSportsError

#: Requests in any 60 seconds: what TheSports allows in all, and for one endpoint.
WINDOW_SECONDS = 60.0
TOTAL_LIMIT = 1000
#: Of these, how many are kept for requests that a cycle cannot do without.
RESERVED = 40
ENDPOINT_LIMITS: Mapping[str, int] = MappingProxyType({ODDS_HISTORY: 120, LIVE_HISTORY: 120})

#: How long a request counts whose end was never written down: its process was killed while it was out.
_IN_FLIGHT_SECONDS = 90.0
#: No pause is longer: whoever asks too early after it is told to wait again.
_MAX_PAUSE_SECONDS = 300.0

#: How long other processes that use the file are waited for.
_PATIENCE_SECONDS = 10.0

_SCHEMA = """
CREATE TABLE IF NOT EXISTS requests (
    id INTEGER PRIMARY KEY, endpoint TEXT NOT NULL, counts_until REAL NOT NULL
);
CREATE INDEX IF NOT EXISTS requests_by_end ON requests (counts_until);
CREATE TABLE IF NOT EXISTS pauses (endpoint TEXT PRIMARY KEY, until REAL NOT NULL);
"""


class QuotaUnusable(TheSportsError):
    """The quota's file cannot be read or written, so nothing is sent."""

    cause = "quota_unusable"


class Quota:
    """A sliding window over the requests of all processes that share the file.

    A request counts from before it is sent until 60 seconds after its answer has come: the API counts
    it at some moment between the two, so no 60 seconds of the API's see more than the limit.

    A file that is no database any more is begun anew; any other trouble with it is a `QuotaUnusable`.
    """

    def __init__(
        self,
        path: Path | str = ":memory:",
        *,
        limits: Mapping[str, int] = ENDPOINT_LIMITS,
        total_limit: int = TOTAL_LIMIT,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._limits = limits
        self._total_limit = total_limit
        self._reserved = min(RESERVED, total_limit // 2)
        self._clock = clock
        self._path = path
        with self._one_line():
            try:
                self._db = self._open()
            except sqlite3.DatabaseError as error:
                if not _is_corrupt(error):
                    raise
                for part in ("", "-wal", "-shm"):
                    Path(f"{path}{part}").unlink(missing_ok=True)
                self._db = self._open()

    def _open(self) -> sqlite3.Connection:
        db = sqlite3.connect(
            self._path, isolation_level=None, timeout=_PATIENCE_SECONDS, check_same_thread=False
        )
        try:
            _use_wal(db)
            db.execute("PRAGMA synchronous=OFF")
            db.executescript(_SCHEMA)
            (sound,) = db.execute("PRAGMA quick_check(1)").fetchone()
            if sound != "ok":
                raise _CorruptError(sound)
        except BaseException:
            db.close()
            raise
        return db

    @contextmanager
    def _one_line(self) -> Iterator[None]:
        try:
            yield
        except (sqlite3.Error, OSError) as error:
            raise QuotaUnusable(f"the quota's file {self._path} cannot be used: {error}") from None

    def close(self) -> None:
        """Close the file."""
        self._db.close()

    def take(self, endpoint: str, *, urgent: bool = False) -> int | None:
        """A ticket for one request now; None where there is no room for it (see `wait`)."""
        with self._one_line(), self._transaction():
            self._forget_the_past()
            if self.wait(endpoint, urgent=urgent) > 0:
                return None
            row = self._db.execute(
                "INSERT INTO requests (endpoint, counts_until) VALUES (?, ?)",
                (endpoint, self._clock() + _IN_FLIGHT_SECONDS),
            )
            return row.lastrowid

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        self._db.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            if self._db.in_transaction:
                self._db.execute("ROLLBACK")
            raise
        self._db.execute("COMMIT")

    def done(self, ticket: int) -> None:
        """The request of this ticket has been answered, or was given up. Where that cannot be written down,
        it counts as one whose process was killed."""
        with suppress(sqlite3.Error):
            self._db.execute(
                "UPDATE requests SET counts_until = ? WHERE id = ?",
                (self._clock() + WINDOW_SECONDS, ticket),
            )

    def pause(self, endpoint: str, seconds: float) -> None:
        """Let nobody ask this endpoint for so long: the API said that it was asked too often. Where that
        cannot be written down, `take` fails too."""
        with suppress(sqlite3.Error):
            self._db.execute(
                "INSERT INTO pauses VALUES (?, ?)"
                " ON CONFLICT DO UPDATE SET until = max(until, excluded.until)",
                (endpoint, self._clock() + min(seconds, _MAX_PAUSE_SECONDS)),
            )

    def available(self, endpoint: str, within: float = 0.0) -> int:
        """How many requests to the endpoint may be sent in the next `within` seconds."""
        try:
            return self._room(endpoint, self._clock() + within)
        except sqlite3.Error:
            return 0

    def _room(self, endpoint: str, moment: float) -> int:
        if self._paused_until(endpoint) > moment:
            return 0
        free = self._total_limit - self._reserved - self._counting(moment)
        if endpoint in self._limits:
            free = min(free, self._limits[endpoint] - self._counting(moment, endpoint))
        return max(free, 0)

    def wait(self, endpoint: str, *, urgent: bool = False) -> float:
        """Seconds until there may be room for a request, 0 when there is now. The last places are kept for
        what is `urgent`: the requests that a cycle cannot do without."""
        with self._one_line():
            return self._wait(endpoint, self._clock(), urgent=urgent)

    def _wait(self, endpoint: str, now: float, *, urgent: bool) -> float:
        waits = [
            self._paused_until(endpoint) - now,
            self._until_below(self._total_limit - (0 if urgent else self._reserved), now),
        ]
        if endpoint in self._limits:
            waits.append(self._until_below(self._limits[endpoint], now, endpoint))
        return max(0.0, *waits)

    def _until_below(self, limit: int, now: float, endpoint: str | None = None) -> float:
        where, values = _where(now, endpoint)
        row = self._db.execute(
            f"SELECT counts_until FROM requests WHERE {where} ORDER BY counts_until DESC LIMIT 1 OFFSET ?",
            (*values, limit - 1),
        ).fetchone()
        return max(float(row[0]) - now, 0.001) if row else 0.0

    def _counting(self, moment: float, endpoint: str | None = None) -> int:
        where, values = _where(moment, endpoint)
        return int(self._db.execute(f"SELECT count(*) FROM requests WHERE {where}", values).fetchone()[0])

    def _paused_until(self, endpoint: str) -> float:
        row = self._db.execute("SELECT until FROM pauses WHERE endpoint = ?", (endpoint,)).fetchone()
        return float(row[0]) if row else 0.0

    def _forget_the_past(self) -> None:
        """Drop what counts no more. What counts for longer than is possible was written before the clock was
        set back: it neither blocks for longer than a window nor is forgotten at once."""
        now = self._clock()
        self._db.execute("DELETE FROM requests WHERE counts_until <= ?", (now,))
        self._db.execute(
            "UPDATE requests SET counts_until = ? WHERE counts_until > ?",
            (now + WINDOW_SECONDS, now + _IN_FLIGHT_SECONDS),
        )
        farthest = now + _MAX_PAUSE_SECONDS
        self._db.execute("UPDATE pauses SET until = ? WHERE until > ?", (farthest, farthest))


@dataclass(frozen=True)
class Usage:
    """How many requests to an endpoint count now, of how many, and for how many seconds it is paused still.
    The endpoint `""` stands for all of them."""

    endpoint: str
    used: int
    limit: int
    paused_seconds: float = 0.0


def usage(path: Path, limits: Mapping[str, int], total_limit: int, now: float) -> list[Usage]:
    """What counts in the quota's file at `now` (seconds since 1970): in all, and by endpoint where it has a
    limit or is paused. Nothing is written; empty where the file is not there or cannot be read."""
    if not path.exists():
        return []
    try:
        with closing(sqlite3.connect(f"file:{quote(str(path))}?mode=ro", uri=True, timeout=1)) as db:
            counting = dict(
                db.execute(
                    "SELECT endpoint, count(*) FROM requests WHERE counts_until > ? GROUP BY 1", (now,)
                )
            )
            pauses = dict(db.execute("SELECT endpoint, until - ? FROM pauses WHERE until > ?", (now, now)))
    except sqlite3.Error:
        return []
    total = Usage("", sum(counting.values()), total_limit)
    shown = dict.fromkeys((*limits, *pauses))
    return [
        total,
        *(
            Usage(name, counting.get(name, 0), limits.get(name, total_limit), max(pauses.get(name, 0.0), 0.0))
            for name in shown
        ),
    ]


class _CorruptError(sqlite3.DatabaseError):
    pass


def _use_wal(db: sqlite3.Connection) -> None:
    """Where processes open a new file at once, SQLite refuses this to all but one, whatever its timeout."""
    until = time.monotonic() + _PATIENCE_SECONDS
    while True:
        try:
            db.execute("PRAGMA journal_mode=WAL")
            return
        except sqlite3.OperationalError as error:
            if _code(error) != sqlite3.SQLITE_BUSY or time.monotonic() > until:
                raise
        time.sleep(0.01)


def _is_corrupt(error: sqlite3.DatabaseError) -> bool:
    corrupt = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)
    return isinstance(error, _CorruptError) or _code(error) in corrupt


def _code(error: sqlite3.Error) -> int:
    return getattr(error, "sqlite_errorcode", 0) & 0xFF  # without the details of extended codes


def _where(moment: float, endpoint: str | None) -> tuple[str, tuple[object, ...]]:
    if endpoint is None:
        return "counts_until > ?", (moment,)
    return "counts_until > ? AND endpoint = ?", (moment, endpoint)
