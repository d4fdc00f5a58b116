"""Settings: where they come from, and the one line that a bad one ends with."""

from __future__ import annotations

from pathlib import Path

import pytest

from football_assets.settings import DEFAULT_BOOKMAKERS, Settings, SettingsError, load_settings


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


DAYS = "a number above 0, at most 36500"
ADDRESS = "a http:// or https:// address without user name, query or fragment"
RISING = "three rising numbers from -1000000 to 1000000, separated by commas"
FALLING = "three falling numbers from -1000000 to 1000000, separated by commas"
DIRECTORY = "a directory's path, in full at most 380 bytes, without ? * [ or \\"
BOOKMAKERS = "bookmaker ids, at most 1000 different whole numbers from 0 to 2147483647 separated by commas"
BAD = [
    ("FOOTBALL_INTERVAL_SECONDS", "5", "a whole number from 10 to 3600"),
    ("FOOTBALL_INTERVAL_SECONDS", "", "a whole number from 10 to 3600"),
    ("FOOTBALL_MAX_CONNECTIONS", "many", "a whole number from 1 to 200"),
    ("FOOTBALL_REQUEST_TIMEOUT_SECONDS", "0", "a number from 0.1 to 600"),
    ("FOOTBALL_REQUEST_TIMEOUT_SECONDS", "nan", "a number from 0.1 to 600"),
    ("FOOTBALL_DEADLINE_SECONDS", "nan", "a number from 1 to less than FOOTBALL_INTERVAL_SECONDS"),
    ("FOOTBALL_MAX_ATTEMPTS", "0", "a whole number from 1 to 10"),
    ("FOOTBALL_FALLBACK", "guess", "last_known, mock or fail"),
    ("FOOTBALL_BOOKMAKERS", "2,2", BOOKMAKERS),
    ("FOOTBALL_BOOKMAKERS", "99999999999", BOOKMAKERS),
    ("FOOTBALL_BOOKMAKERS", "-1", BOOKMAKERS),
    ("FOOTBALL_REQUESTS_PER_MINUTE", "9" * 30, "a whole number from 60 to 10000000"),
    ("FOOTBALL_ODDS_HISTORY_PER_MINUTE", "10000001", "a whole number from 1 to 10000000"),
    ("FOOTBALL_PULSE_SECONDS", "51", "a whole number from 0 to 50"),
    ("FOOTBALL_FIXTURE_DAYS", "31", "a whole number from 0 to 30"),
    ("FOOTBALL_PREMATCH_HOURS", "-1", "a number from 0 to 48"),
    ("FOOTBALL_SIMULATOR_SEED", "1" * 20, "a whole number from 0 to 2147483647"),
    ("FOOTBALL_SIMULATOR_MATCHES", "10001", "a whole number from 0 to 10000"),
    ("THESPORTS_BASE_URL", "api.thesports.com", ADDRESS),
    ("THESPORTS_BASE_URL", "ftp://api.thesports.com", ADDRESS),
    ("THESPORTS_BASE_URL", "http://api.thesports.com:99999", ADDRESS),
    ("THESPORTS_BASE_URL", "http://api..thesports.com", ADDRESS),
    ("THESPORTS_BASE_URL", "http://xn--a", ADDRESS),
    ("THESPORTS_BASE_URL", "http:///v1", ADDRESS),
    ("THESPORTS_BASE_URL", "http://a b/v1", ADDRESS),
    ("FOOTBALL_THRESHOLD_TOTAL_SECONDS", "15,10,45", RISING),
    ("FOOTBALL_THRESHOLD_TOTAL_SECONDS", "1,2", RISING),
    ("FOOTBALL_THRESHOLD_TOTAL_SECONDS", "1000001", RISING),
    ("FOOTBALL_THRESHOLD_MARGIN_SECONDS", "15,45,50", FALLING),
    ("FOOTBALL_DATA_DIR", "", DIRECTORY),
    ("FOOTBALL_DATA_DIR", "~nosuchuser/data", DIRECTORY),
    ("FOOTBALL_DATA_DIR", "/" + "d" * 256, DIRECTORY),
    ("FOOTBALL_DATA_DIR", "/a?b", DIRECTORY),
    ("FOOTBALL_DATA_DIR", "/a*b", DIRECTORY),
    ("FOOTBALL_DATA_DIR", "/a[b]", DIRECTORY),
    ("FOOTBALL_DATA_DIR", "a\\b", DIRECTORY),
    (
        "FOOTBALL_ALERT_EMAIL_TO",
        "ops",
        "e-mail addresses separated by commas, set together with FOOTBALL_SMTP_HOST",
    ),
    ("FOOTBALL_ALERT_EMAIL_FROM", "ops@example.org, qa@example.org", "an e-mail address"),
    ("FOOTBALL_SMTP_HOST", "mail server", "a host's name"),
    ("FOOTBALL_SMTP_PORT", "99999", "a port, 1 to 65535"),
    ("FOOTBALL_SMTP_STARTTLS", "perhaps", "true or false"),
    ("FOOTBALL_ALLOWED_HOSTS", "example.org/path", "at most 100 host names separated by commas"),
    ("FOOTBALL_KEEP_RUNS_HOURS", "inf", "a number above 0, at most 876000"),
    ("FOOTBALL_KEEP_RUN_SAMPLES_DAYS", "nan", "a number from 0 to 36500"),
    ("FOOTBALL_KEEP_RUN_SAMPLES_MINUTES", "1e300", "a number from 1 to 52560000"),
    ("FOOTBALL_KEEP_TICKS_DAYS", "999999", DAYS),
    ("FOOTBALL_KEEP_REPORTS_DAYS", "0", DAYS),
    ("FOOTBALL_KEEP_LOGS_DAYS", "nan", DAYS),
    ("FOOTBALL_KEEP_HISTORY_DAYS", "inf", DAYS),
]


@pytest.mark.parametrize(("variable", "value", "allowed"), BAD)
def test_bad_value_is_one_line_with_variable_value_and_what_is_allowed(
    monkeypatch: pytest.MonkeyPatch, variable: str, value: str, allowed: str
) -> None:
    monkeypatch.setenv(variable, value)
    with pytest.raises(SettingsError) as caught:
        load()
    told, _, words = str(caught.value).partition(" is not allowed: ")
    assert words == allowed
    assert told.startswith(f"{variable}={value}"[:60])
    assert "\n" not in told


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("https://api.thesports.com/v1?secret=hush", "https://api.thesports.com/v1?***"),
        ("https://api.thesports.com/v1#hush", "https://api.thesports.com/v1?***"),
        ("https://me:hush@api.thesports.com/v1", "***"),
        ("api.thesports.com?secret=hu@sh", "***"),
    ],
)
def test_what_may_be_secret_in_a_base_address_is_refused_and_not_shown(
    monkeypatch: pytest.MonkeyPatch, value: str, shown: str
) -> None:
    monkeypatch.setenv("THESPORTS_BASE_URL", value)
    with pytest.raises(SettingsError) as caught:
        load()
    assert str(caught.value) == f"THESPORTS_BASE_URL={shown} is not allowed: {ADDRESS}"


@pytest.mark.parametrize(
    ("value", "shown"),
    [("7\r", "7\\r"), ("7\n8", "7\\n8"), ("x" * 500, "x" * 80 + "…"), ("\udcff", "\\udcff")],
)
def test_odd_value_is_shown_on_one_short_line(
    monkeypatch: pytest.MonkeyPatch, value: str, shown: str
) -> None:
    monkeypatch.setenv("FOOTBALL_MAX_ATTEMPTS", value)
    with pytest.raises(SettingsError) as caught:
        load()
    assert str(caught.value) == f"FOOTBALL_MAX_ATTEMPTS={shown} is not allowed: a whole number from 1 to 10"


def test_secret_with_a_carriage_return_at_its_end_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("THESPORTS_USER", "user")
    monkeypatch.setenv("THESPORTS_SECRET", "hush\r")
    with pytest.raises(SettingsError, match=r"^THESPORTS_SECRET=\*\*\* is not allowed: a secret"):
        load()


def test_path_too_long_for_sqlite_is_refused_also_where_only_the_working_directory_makes_it_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    deep = tmp_path / ("d" * 200) / ("e" * 200)
    deep.mkdir(parents=True)
    monkeypatch.chdir(deep)
    with pytest.raises(SettingsError, match=r"^FOOTBALL_DATA_DIR=data is not allowed"):
        load()
    monkeypatch.setenv("FOOTBALL_DATA_DIR", str(tmp_path))
    assert load().data_path == tmp_path


def test_working_directory_that_is_gone_is_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    with pytest.raises(SettingsError, match=r"^FOOTBALL_DATA_DIR=data is not allowed"):
        load_settings()
    monkeypatch.setenv("FOOTBALL_DATA_DIR", str(tmp_path))
    assert load_settings().data_path == tmp_path


@pytest.mark.parametrize(
    ("variable", "value", "field", "expected"),
    [
        (
            "FOOTBALL_ALLOWED_HOSTS",
            "Football.Example.org, 10.0.0.7",
            "allowed_hosts",
            ("football.example.org", "10.0.0.7"),
        ),
        ("FOOTBALL_ALLOWED_HOSTS", " ", "allowed_hosts", ()),
        ("THESPORTS_BASE_URL", "http://[::1]:8080/v1/", "thesports_base_url", "http://[::1]:8080/v1"),
        ("FOOTBALL_SMTP_HOST", "::1", "smtp_host", "::1"),
        (
            "FOOTBALL_ALERT_EMAIL_FROM",
            "The ops <ops@example.org>",
            "alert_email_from",
            "The ops <ops@example.org>",
        ),
        ("FOOTBALL_PULSE_SECONDS", "0", "pulse_seconds", 0),
        ("FOOTBALL_PREMATCH_HOURS", "1.5", "prematch_hours", 1.5),
        ("football_fixture_days", "30", "fixture_days", 30),
    ],
)
def test_value_that_is_allowed_is_taken(
    monkeypatch: pytest.MonkeyPatch, variable: str, value: str, field: str, expected: object
) -> None:
    monkeypatch.setenv(variable, value)
    assert getattr(load(), field) == expected


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


def test_real_and_simulated_data_are_kept_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    simulated = load()
    monkeypatch.setenv("THESPORTS_USER", "user")
    monkeypatch.setenv("THESPORTS_SECRET", "hush")
    real = load()
    for name in ("warehouse_path", "quota_path", "history_path"):
        assert getattr(real, name) != getattr(simulated, name)
    assert (real.data_source, simulated.data_source) == ("api", "simulated")
    assert real.published_path == simulated.published_path


@pytest.mark.parametrize(
    ("name", "nearest"),
    [
        ("FOOTBALL_MAX_CONECTIONS", "FOOTBALL_MAX_CONNECTIONS"),
        ("THESPORTS_PASSWORD", "THESPORTS_USER"),
        ("FOOTBALL_STMP_PORT", "FOOTBALL_SMTP_PORT"),
        ("football_bookmaker", "FOOTBALL_BOOKMAKERS"),
    ],
)
def test_unknown_name_is_refused_with_the_nearest_one(
    monkeypatch: pytest.MonkeyPatch, name: str, nearest: str
) -> None:
    monkeypatch.setenv(name, "hush")
    with pytest.raises(SettingsError) as caught:
        load()
    assert str(caught.value) == f"{name} is not a setting; the nearest one is {nearest}"


def test_what_kubernetes_sets_for_a_service_named_like_the_project_is_left_alone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name, value in {
        "FOOTBALL_ASSETS_SERVICE_HOST": "10.0.0.1",
        "FOOTBALL_ASSETS_SERVICE_PORT": "3000",
        "FOOTBALL_ASSETS_SERVICE_PORT_HTTP": "3000",
        "FOOTBALL_ASSETS_PORT": "tcp://10.0.0.1:3000",
        "FOOTBALL_ASSETS_PORT_3000_TCP": "tcp://10.0.0.1:3000",
        "FOOTBALL_ASSETS_PORT_3000_TCP_ADDR": "10.0.0.1",
    }.items():
        monkeypatch.setenv(name, value)
    assert load().simulated


def test_secrets_are_those_of_all_settings(tmp_path: Path) -> None:
    settings = Settings(
        data_dir=tmp_path,
        thesports_user="user",
        thesports_secret="hush-1",
        alert_webhook_url="https://hooks.example/services/T0123ABCD/hush-3-hush-3-hush-3?key=hush-4",
        smtp_password="hush-5",
    )
    assert set(settings.secrets) == {"hush-1", "T0123ABCD", "hush-3-hush-3-hush-3", "hush-4", "hush-5"}
