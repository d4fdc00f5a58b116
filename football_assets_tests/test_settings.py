"""Settings: where they come from, and the one line that a bad one ends with."""

from __future__ import annotations

from pathlib import Path

import pytest

from football_assets.settings import DEFAULT_BOOKMAKERS, Settings, SettingsError, load_settings, variables


@pytest.fixture(autouse=True)
def _bare_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for variable in variables():
        monkeypatch.delenv(variable, raising=False)


def load() -> Settings:
    return load_settings(_env_file=None)


def test_defaults_are_those_that_users_rely_on() -> None:
    settings = load()
    assert settings.simulated
    assert settings.thesports_base_url == "https://api.thesports.com/v1/football"
    assert (settings.interval_seconds, settings.max_connections, settings.max_attempts) == (60, 30, 3)
    assert (settings.request_timeout_seconds, settings.fallback) == (30, "last_known")
    assert settings.bookmakers == DEFAULT_BOOKMAKERS
    assert settings.data_path == Path("data").absolute()


@pytest.mark.parametrize(
    ("variable", "value", "allowed"),
    [
        ("FOOTBALL_INTERVAL_SECONDS", "5", "a whole number from 10 to 3600"),
        ("FOOTBALL_MAX_CONNECTIONS", "many", "a whole number from 1 to 200"),
        ("FOOTBALL_REQUEST_TIMEOUT_SECONDS", "0", "a number above 0, at most 600"),
        ("FOOTBALL_MAX_ATTEMPTS", "0", "a whole number from 1 to 10"),
        ("FOOTBALL_FALLBACK", "guess", "last_known, mock or fail"),
        ("FOOTBALL_BOOKMAKERS", "2,2", "bookmaker ids, different whole numbers separated by commas"),
        ("THESPORTS_BASE_URL", "api.thesports.com", "a http:// or https:// address without a query"),
        ("FOOTBALL_THRESHOLD_TOTAL_SECONDS", "15,10,45", "three rising numbers separated by commas"),
        ("FOOTBALL_THRESHOLD_MARGIN_SECONDS", "15,45,50", "three falling numbers separated by commas"),
    ],
)
def test_bad_value_is_one_line_with_variable_value_and_what_is_allowed(
    monkeypatch: pytest.MonkeyPatch, variable: str, value: str, allowed: str
) -> None:
    monkeypatch.setenv(variable, value)
    with pytest.raises(SettingsError) as caught:
        load()
    assert str(caught.value) == f"{variable}={value} is not allowed: {allowed}"


@pytest.mark.parametrize(
    ("set_", "missing"), [("THESPORTS_USER", "THESPORTS_SECRET"), ("THESPORTS_SECRET", "THESPORTS_USER")]
)
def test_one_of_the_two_credentials_alone_is_an_error(
    monkeypatch: pytest.MonkeyPatch, set_: str, missing: str
) -> None:
    monkeypatch.setenv(set_, "something")
    with pytest.raises(SettingsError, match=f"^{missing} is not set"):
        load()


def test_secrets_show_neither_in_the_settings_nor_in_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("THESPORTS_USER", "user")
    monkeypatch.setenv("THESPORTS_SECRET", "hush")
    monkeypatch.setenv("FOOTBALL_ALERT_WEBHOOK_URL", "ftp://hush")
    with pytest.raises(SettingsError) as caught:
        load()
    assert "hush" not in str(caught.value)
    monkeypatch.setenv("FOOTBALL_ALERT_WEBHOOK_URL", "https://hush")
    assert "hush" not in repr(load())


def test_deadline_lies_inside_the_interval(monkeypatch: pytest.MonkeyPatch) -> None:
    assert load().deadline == 45
    monkeypatch.setenv("FOOTBALL_DEADLINE_SECONDS", "60")
    with pytest.raises(SettingsError, match=r"^FOOTBALL_DEADLINE_SECONDS=60 is not allowed"):
        load()


def test_thresholds_of_margin_and_age_grow_with_the_interval(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FOOTBALL_INTERVAL_SECONDS", "120")
    settings = load()
    assert settings.threshold_margin_seconds == (100, 90, 30)
    assert settings.threshold_age_seconds == (180, 300, 600)
    assert settings.threshold_total_seconds == (10, 15, 45)


def test_blank_credentials_are_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("THESPORTS_USER", " ")
    monkeypatch.setenv("THESPORTS_SECRET", "")
    assert load().simulated


def test_values_come_from_the_projects_env_file(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("FOOTBALL_MAX_ATTEMPTS=7\n")
    assert load_settings(_env_file=tmp_path / ".env").max_attempts == 7


def test_real_and_simulated_data_are_kept_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    simulated = load()
    monkeypatch.setenv("THESPORTS_USER", "user")
    monkeypatch.setenv("THESPORTS_SECRET", "hush")
    real = load()
    for name in ("warehouse_path", "quota_path", "odds_feed_path", "history_path"):
        assert getattr(real, name) != getattr(simulated, name)
    assert real.published_path == simulated.published_path


@pytest.mark.parametrize(
    "address", ["https://x.example/v1?user=u&secret=k9w2Qz81", "ftp://u:k9w2Qz81@x.example/v1"]
)
def test_address_with_credentials_is_refused_without_showing_it(
    monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    monkeypatch.setenv("THESPORTS_BASE_URL", address)
    with pytest.raises(SettingsError) as caught:
        load()
    assert "k9w2" not in str(caught.value)
    assert str(caught.value).startswith("THESPORTS_BASE_URL=(an address with credentials) is not allowed: ")


def test_secrets_are_those_of_all_settings(tmp_path: Path) -> None:
    settings = Settings(
        _env_file=None,
        data_dir=tmp_path,
        thesports_user="user",
        thesports_secret="hush-1",
        thesports_base_url="https://name:hush-2@api.example/v1",
        alert_webhook_url="https://hooks.example/services/T0123ABCD/hush-3-hush-3-hush-3?key=hush-4",
        smtp_password="hush-5",
    )
    assert set(settings.secrets) == {
        "hush-1",
        "hush-2",
        "T0123ABCD",
        "hush-3-hush-3-hush-3",
        "hush-4",
        "hush-5",
    }
