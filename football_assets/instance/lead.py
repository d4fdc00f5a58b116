"""Which of several machines works: the one that holds a lock in PostgreSQL. Unset, nothing here is imported.

The lock belongs to a session, and PostgreSQL gives it back when the session ends:
- The holder is killed: the kernel closes its connection, and the next machine asks within seconds.
- It is frozen or cut off: nothing is asked in the session any more, and PostgreSQL ends it after
  `SERVER_PATIENCE_SECONDS`. TCP's keepalives would not do, as a frozen process's kernel answers them.

The holder asks every `BEAT_SECONDS` and takes itself for beaten after `OWN_PATIENCE_SECONDS` without an
answer, which is before PostgreSQL does. Its clock goes on while the machine sleeps. Each time the lead is
taken the term in the table `football_lead` rises: whoever remembers a former one has lost it (`fence`).
"""

from __future__ import annotations

import threading
from collections.abc import Callable

import psycopg2

from football_assets.instance.fence import Leader, write_leader
from football_assets.instance.host import this_host
from football_assets.instance.lead_session import OldServer, Session
from football_assets.logs import get_logger
from football_assets.processes import uptime
from football_assets.settings import Settings

BEAT_SECONDS = 1.5
OWN_PATIENCE_SECONDS = 10.0
SERVER_PATIENCE_SECONDS = 15.0


class LeadError(Exception):
    """Why nobody can be asked who works, in one line."""


class Lead:
    """This machine's hold on the lead, or its wish for it. `tell` gets a line at each change.

    `keep` is called by one thread, all else by any.
    """

    def __init__(
        self,
        settings: Settings,
        tell: Callable[[str], None],
        clock: Callable[[], float] = lambda: uptime().seconds,
    ) -> None:
        assert settings.dagster_postgres, "the settings see to it"
        self._address = settings.dagster_postgres.get_secret_value()
        self._path = settings.lead_path
        self._tell = tell
        self._clock = clock
        self._session: Session | None = None
        self._has_lock = False
        self._term: int | None = None
        self._confirmed_at = 0.0
        self._losses = self._losses_told = 0
        self._said = ""

    @property
    def is_held(self) -> bool:
        """Whether this machine works: PostgreSQL has said so lately."""
        return self._term is not None and self._clock() - self._confirmed_at < OWN_PATIENCE_SECONDS

    def was_lost(self) -> bool:
        """Whether the lead was lost since this was asked last."""
        losses, told = self._losses, self._losses_told
        self._losses_told = losses
        return losses > told

    def check(self) -> None:
        """Raise `LeadError` where PostgreSQL cannot be reached or is too old."""
        try:
            self._opened()
        except (psycopg2.Error, OldServer) as error:
            raise LeadError(f"FOOTBALL_DAGSTER_POSTGRES cannot be used: {_line(error)}") from None

    def keep(self) -> None:
        """One round: ask for the lead or have it confirmed, and write down who works."""
        if self._term is not None and not self.is_held:
            self._lose("PostgreSQL has not answered")
        try:
            self._ask()
        except (psycopg2.Error, OldServer) as error:
            self._close()
            if self._term is None:
                self._show(None, f"Who works is not known: {_line(error)}")
            elif not self.is_held:
                self._lose(_line(error))

    def release(self) -> None:
        """Give the lead up. What this machine has at work has ended before."""
        self._term = None
        self._close()
        self._path.unlink(missing_ok=True)

    def _ask(self) -> None:
        asked_at = self._clock()
        session = self._opened()
        self._has_lock = self._has_lock or session.lock()
        if self._has_lock:
            # The term stays where the connection was lost and nobody else has taken the lead meanwhile.
            leader = session.leader() if self._term else session.take(this_host())
            if leader and self._term in (None, leader.term):
                self._term, self._confirmed_at = leader.term, asked_at
                self._show(leader, f"This machine works (term {leader.term})")
                return
        if self._term is None:
            leader = session.leader()
            self._show(leader, f"Standby: {leader.name} works" if leader else "Standby: nobody works yet")
        elif not self.is_held or self._has_lock:
            self._lose("another machine has the lead")

    def _opened(self) -> Session:
        if self._session is None:
            self._session = Session(self._address, SERVER_PATIENCE_SECONDS)
        return self._session

    def _close(self) -> None:
        session, self._session, self._has_lock = self._session, None, False
        if session:
            session.close()

    def _lose(self, why: str) -> None:
        self._term = None
        self._losses += 1
        self._close()
        self._show(None, f"The lead is lost ({why}): this machine ends its run and becomes the standby")

    def _show(self, leader: Leader | None, words: str) -> None:
        write_leader(self._path, leader, is_here=self._term is not None)
        if words != self._said:
            self._tell(words)
        self._said = words


class Keeping:
    """Keeps a lead in a thread while the block lasts, and gives it up at its end."""

    def __init__(self, lead: Lead) -> None:
        self._lead = lead
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._keep, name="lead", daemon=True)

    def check(self) -> None:
        """Raise `LeadError` where PostgreSQL cannot be used."""
        self._lead.check()

    def __enter__(self) -> Lead:
        self._thread.start()
        return self._lead

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join(BEAT_SECONDS)
        self._lead.release()

    def _keep(self) -> None:
        while not self._stop.is_set():
            try:
                self._lead.keep()
            except OSError as error:
                get_logger("lead").error("who works cannot be written down", error=str(error))
            self._stop.wait(BEAT_SECONDS)


def _line(error: Exception) -> str:
    return " ".join(str(error).split()) or type(error).__name__
