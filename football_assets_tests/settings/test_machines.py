"""The settings of several machines: addresses of PostgreSQL, their passwords, and what needs what."""

from __future__ import annotations

import pytest

from football_assets.redaction import NOTICE, redacted, secrets_of_database
from football_assets.settings import SettingsError, load_settings


@pytest.mark.parametrize(
    ("address", "found"),
    [
        ("postgresql://me:gehe%40im@db.example/dagster?sslmode=require", ["gehe@im"]),
        ("postgres://db.example/dagster?user=me&password=geheim", ["geheim"]),
        ("host=db.example dbname=dagster password='ge\\'heim nis' user=me", ["ge'heim nis"]),
        ("host=db.example dbname=dagster", []),
    ],
)
def test_passwords_are_found_in_each_spelling(address: str, found: list[str]) -> None:
    assert secrets_of_database(address) == found
    settings = load_settings(_env_file=None, dagster_postgres=address)
    assert settings.secrets == found
    for password in found:
        assert redacted(f"told {password} here") == NOTICE


@pytest.mark.parametrize(
    "address", ["db.example", "mysql://db/dagster", "postgresql://db.example", "host=a b"]
)
def test_what_is_no_address_is_refused_without_being_told(
    address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FOOTBALL_DAGSTER_POSTGRES", address)
    with pytest.raises(SettingsError, match="FOOTBALL_DAGSTER_POSTGRES") as refused:
        load_settings(_env_file=None)
    assert "postgresql://user:password@host/database" in str(refused.value)
    assert "\n" not in str(refused.value)


def test_standby_without_a_judge_is_refused() -> None:
    with pytest.raises(
        SettingsError, match="FOOTBALL_DAGSTER_POSTGRES is not set: FOOTBALL_STANDBY needs it"
    ):
        load_settings(_env_file=None, standby=True)


@pytest.mark.parametrize(
    ("address", "found"),
    [
        ("postgres:host=db.example dbname=lake password=geheim user", ["geheim"]),  # not libpq's words
        ("host=db.example password = 'ge heim", ["'ge"]),
        ("postgres:postgresql://me:geheim@db.example/lake", ["geheim"]),
        ("postgresql://me:geheim@[db/lake", ["postgresql://me:geheim@[db/lake"]),
        ("host=db.example sslpassword=geheim", ["geheim"]),
    ],
)
def test_passwords_are_found_where_something_else_is_wrong(address: str, found: list[str]) -> None:
    assert secrets_of_database(address) == found
