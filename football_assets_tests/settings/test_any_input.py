"""Whatever is set: settings that can be used, or one line. Never another error."""

from __future__ import annotations

import os
import re
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path
from unittest import mock

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from yarl import URL

from football_assets.checks.freshness import published_freshness
from football_assets.retention.job import keep_runs
from football_assets.retention.policy import EndedRun, runs_to_remove
from football_assets.sensors.cadence import Beat
from football_assets.settings import Settings, SettingsError, allowed, load_settings, variables

SEARCH = settings(
    max_examples=500,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)

numbers = st.one_of(st.integers(), st.floats()).map(str)
telling = st.sampled_from(
    [
        *(
            "",
            " ",
            "0",
            "-0",
            "1",
            "60",
            "1e400",
            "-inf",
            "NaN",
            "9" * 5000,
            "1_000",
            "0x10",
            "٣",
            "true",
            "fail",
        ),
        *("1,2,3", "3,2,1", "nan,nan,nan", "1,2,inf", "1,,2", ",", "1e6,1e6,1e6", "-1e6,0,1e6"),
        *("~", "~nosuchuser", ".", "..", "/", 'a%b?c"d', "x" * 300, "/" + "y/" * 189, "\\", "C:\\data"),
        *(
            "http://",
            "http://[",
            "http://[::1",
            "http://h:0",
            "http://h:65536",
            "https://h/%zz",
            "http://xn--a",
        ),
        *("http://h/a?b", "http://u:p@h", "http://h/[", "http://1.2.3.4.5", "http://[::1]x", "http://[v1.x]"),
        *(
            "a@b",
            "a@b, c@d",
            "A b <a@b>",
            "a@b\n",
            "<a@b",
            '"@b',
            "localhost",
            "a.b.",
            "-",
            "::1",
            "fe80::1%eth0",
        ),
    ]
)
any_text = (
    st.text(st.characters(exclude_characters="\0", exclude_categories=()), max_size=40) | numbers | telling
)
# What an environment can hold: bytes that are no UTF-8 come as lone surrogates from U+DC80.
in_environment = any_text.filter(lambda text: not re.search("[\ud800-\udc7f\udd00-\udfff]", text))
lines = st.builds("{}={}".format, st.sampled_from([*variables(), "OTHER", "export A", "FOOTBALL_"]), any_text)
quoted_lines = st.builds(
    "{}={}{}{}".format,
    st.sampled_from([*variables()]),
    st.sampled_from("'\" #"),
    any_text,
    st.sampled_from("'\"\n#"),
)
encodings = st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-16-be", "latin-1", "cp1251"])


@st.composite
def env_files(draw: st.DrawFn) -> bytes:
    """Lines as somebody may write them, in any encoding; now and then with some bytes changed."""
    separator = draw(st.sampled_from(["\n", "\r\n", "\r", "\n\n"]))
    text = separator.join(draw(st.lists(lines | quoted_lines | any_text, max_size=4)))
    content = text.encode(draw(encodings), "replace")
    at = draw(st.integers(0, len(content)))
    return content[:at] + draw(st.binary(max_size=3)) + content[at:] if draw(st.booleans()) else content


def use(given: Settings) -> None:
    """Everything that is made of the settings before the network and the disk are asked."""
    now = datetime.now(UTC)
    for days in ("ticks", "reports", "logs", "history"):
        (now - timedelta(days=getattr(given, f"keep_{days}_days"))).timestamp()
    runs_to_remove([EndedRun("a", "cycle", now - timedelta(days=1))], now, keep_runs(given))
    published_freshness(given)
    Beat.every(given.interval_seconds)
    URL(f"{given.thesports_base_url}/match/detail_live").host  # noqa: B018 - decoded when it is asked for
    message = EmailMessage()
    message["From"], message["To"] = given.alert_email_from, given.alert_email_to or given.alert_email_from
    assert message.as_bytes()
    assert len(bytes(given.warehouse_path)) < 512
    assert 0 < given.deadline <= given.interval_seconds
    assert repr(given)
    assert given.published_path.is_absolute()


def load_and_use(**overrides: Path | None) -> None:
    try:
        loaded = load_settings(**overrides)
    except SettingsError as error:
        assert "\n" not in str(error)
        assert str(error).isprintable()
    else:
        use(loaded)


@SEARCH
@given(given=st.dictionaries(st.sampled_from([*variables()]), in_environment, min_size=1, max_size=2))
def test_any_value_of_any_variable_is_taken_or_refused_in_one_line(given: dict[str, str]) -> None:
    with mock.patch.dict(os.environ, given):
        load_and_use(_env_file=None)


@SEARCH
@given(content=env_files() | st.binary(max_size=60))
def test_any_bytes_of_a_file_are_taken_or_refused_in_one_line(tmp_path: Path, content: bytes) -> None:
    (tmp_path / ".env").write_bytes(content)
    load_and_use(_env_file=tmp_path / ".env")


def extremes() -> list[tuple[str, str]]:
    """Each variable with the smallest and the largest value that it allows."""
    found = []
    for variable, name in variables().items():
        words = allowed(Settings.model_fields[name])
        if bounds := re.fullmatch(
            r"a (?:whole )?number (from|above) ([\d.]+)(?: to |, at most )(\d+)", words
        ):
            is_above, lowest, highest = bounds[1] == "above", bounds[2], bounds[3]
            found += [(variable, "1e-300" if is_above else lowest), (variable, highest)]
    return [
        *found,
        ("FOOTBALL_BOOKMAKERS", ",".join(map(str, range(2_147_482_648, 2_147_483_648)))),
        ("FOOTBALL_THRESHOLD_AGE_SECONDS", "-1000000,-1000000,-1000000"),
        ("FOOTBALL_THRESHOLD_AGE_SECONDS", "0,1000000,1000000"),
        ("FOOTBALL_SMTP_PORT", "1"),
        ("FOOTBALL_SMTP_PORT", "65535"),
        ("FOOTBALL_DEADLINE_SECONDS", "1"),
        ("FOOTBALL_ALLOWED_HOSTS", ",".join(["a" * 63] * 100)),
    ]


@pytest.mark.parametrize(("variable", "value"), extremes())
def test_each_extreme_that_is_allowed_can_be_used(
    monkeypatch: pytest.MonkeyPatch, variable: str, value: str
) -> None:
    monkeypatch.setenv(variable, value)
    use(load_settings(_env_file=None))


def test_extremes_of_every_number_are_tried() -> None:
    numbers = {
        variable
        for variable, name in variables().items()
        if Settings.model_fields[name].annotation in (int, float)
    }
    assert numbers <= {variable for variable, _ in extremes()}
