"""Two machines on one PostgreSQL, as namespaces of process ids: one is killed, and the other goes on."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from football_assets_tests.instance.databases import address, postgres
from football_assets_tests.instance.waiting import eventually
from football_assets_tests.servers.machines import Machine, can_have_machines
from football_assets_tests.servers.postgres import PostgresServer

__all__ = ["address", "postgres"]

pytestmark = pytest.mark.skipif(
    not can_have_machines(), reason="namespaces of process ids need root on Linux"
)


@pytest.fixture
def settings(address: str) -> dict[str, str]:
    return {
        "FOOTBALL_DAGSTER_POSTGRES": address,
        "FOOTBALL_STANDBY": "true",
        "FOOTBALL_INTERVAL_SECONDS": "10",
        "FOOTBALL_PULSE_SECONDS": "0",
        "FOOTBALL_FIXTURE_DAYS": "0",
        "FOOTBALL_SIMULATOR_MATCHES": "4",
        "THESPORTS_USER": "",
        "THESPORTS_SECRET": "",
    }


@pytest.fixture
def machines(tmp_path: Path, settings: dict[str, str]) -> Iterator[list[Machine]]:
    machines: list[Machine] = []
    try:
        for name in ("first", "second"):
            machines.append(Machine(tmp_path / name, settings))
            # The first has the lead before there is another.
            assert eventually(machines[-1].answers, 120)
        yield machines
    finally:
        for machine in machines:
            machine.process.kill()
            machine.process.wait()


def test_another_machine_goes_on_where_one_was_killed(
    machines: list[Machine], settings: dict[str, str], postgres: PostgresServer
) -> None:
    first, second = machines
    from football_assets.instance.postgres import parameters  # where its driver is installed

    database = parameters(settings["FOOTBALL_DAGSTER_POSTGRES"])["dbname"]
    assert eventually(lambda: first.editions() >= 1, 120)
    assert second.editions() == 0
    assert "Standby: " in second.log.read_text()
    first.process.kill()
    assert eventually(lambda: postgres.sql("SELECT term FROM football_lead", database).strip() == "2", 120)
    assert second.answers()
    assert eventually(lambda: second.editions() >= 1, 120)
    failed = postgres.sql("SELECT count(*) FROM runs WHERE status = 'FAILURE'", database)
    assert failed.strip() == "0", "nobody buried a run of another machine"
