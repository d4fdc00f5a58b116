"""Who works, on a real PostgreSQL: taken, kept, lost, and known to a run that slept through it."""

from __future__ import annotations

from pathlib import Path

import pytest

from football_assets.cli.health import standby_line
from football_assets.instance.fence import Fence, read_leader
from football_assets.published.freshness import Freshness
from football_assets.settings import Settings
from football_assets_tests.instance.databases import address, postgres
from football_assets_tests.instance.waiting import eventually
from football_assets_tests.servers.postgres import PostgresServer

__all__ = ["address", "postgres"]

END_SESSIONS = (
    "SELECT count(pg_terminate_backend(pid)) FROM pg_locks WHERE locktype = 'advisory' "
    "AND pid <> pg_backend_pid()"
)


class Machine:
    """A machine's hold on the lead, with a clock that the test moves."""

    def __init__(self, place: Path, address: str) -> None:
        from football_assets.instance.lead import Lead

        self.now = 0.0
        self.told: list[str] = []
        self.settings = Settings(_env_file=None, data_dir=place, dagster_postgres=address, standby=True)
        self.lead = Lead(self.settings, self.told.append, lambda: self.now)


@pytest.fixture
def one(tmp_path: Path, address: str) -> Machine:
    return Machine(tmp_path / "one", address)


@pytest.fixture
def two(tmp_path: Path, address: str) -> Machine:
    return Machine(tmp_path / "two", address)


def test_first_works_and_the_other_says_who(one: Machine, two: Machine) -> None:
    one.lead.keep()
    two.lead.keep()
    assert (one.lead.is_held, two.lead.is_held) == (True, False)
    assert one.told == ["This machine works (term 1)"]
    assert two.told[0].startswith("Standby: ") and two.told[0].endswith(" works")
    line, state = standby_line(two.settings) or ("", None)
    assert line.startswith("fresh: standby; ") and state is Freshness.FRESH
    assert standby_line(one.settings) is None


def test_planned_hand_over_is_taken_at_once(one: Machine, two: Machine) -> None:
    one.lead.keep()
    two.lead.keep()
    one.lead.release()
    assert eventually(lambda: two.lead.keep() or two.lead.is_held)
    assert not one.settings.lead_path.exists()
    assert two.told[-1] == "This machine works (term 2)"


def test_silent_holder_takes_itself_for_beaten_and_its_run_does_too(one: Machine, two: Machine) -> None:
    one.lead.keep()
    fence = Fence(one.settings)
    assert fence.holds()
    one.now = 1000.0
    assert not one.lead.is_held
    one.lead.keep()
    assert one.lead.was_lost() and not one.lead.was_lost()
    assert eventually(lambda: two.lead.keep() or two.lead.is_held)
    assert not fence.holds()
    assert not Fence(one.settings).holds()
    assert Fence(two.settings).holds()


def test_session_that_postgresql_ended_is_lost_to_whoever_was_quicker(
    one: Machine, two: Machine, postgres: PostgresServer
) -> None:
    one.lead.keep()
    two.lead.keep()
    postgres.sql(END_SESSIONS)
    assert eventually(lambda: two.lead.keep() or two.lead.is_held)
    one.lead.keep()
    one.lead.keep()
    one.now = 11.0
    one.lead.keep()
    assert not one.lead.is_held and one.lead.was_lost()


def test_lost_connection_keeps_the_term_where_nobody_else_came(
    one: Machine, postgres: PostgresServer
) -> None:
    one.lead.keep()
    fence = Fence(one.settings)
    postgres.sql(END_SESSIONS)
    one.lead.keep()
    one.lead.keep()
    assert one.lead.is_held and not one.lead.was_lost()
    assert fence.holds()


def test_fence_says_no_where_postgresql_cannot_be_asked(one: Machine, postgres: PostgresServer) -> None:
    one.lead.keep()
    fence = Fence(one.settings)
    away = one.settings.model_copy(
        update={"dagster_postgres": type(one.settings.dagster_postgres)("host=127.0.0.1 port=1")}
    )
    fence._settings = away
    assert not fence.holds()
    assert Fence(Settings(_env_file=None)).holds()


def test_silent_session_is_ended_by_the_server(address: str) -> None:
    import psycopg2

    from football_assets.instance.lead_session import Session

    holder, other = Session(address, 0.2), Session(address, 60)
    assert holder.lock()
    assert eventually(other.lock)
    with pytest.raises(psycopg2.Error):
        holder.leader()


def test_what_was_written_of_the_lead_grows_stale(one: Machine) -> None:
    one.lead.keep()
    seen = read_leader(one.settings.lead_path)
    assert seen and seen.is_here and not seen.is_stale
    one.settings.lead_path.write_text("{")
    assert read_leader(one.settings.lead_path) is None
