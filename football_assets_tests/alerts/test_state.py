"""Which alerts come of which changes, by table, and what the sensor remembers."""

from datetime import UTC, datetime, timedelta

import pytest

from football_assets.alerts.memory import LONGEST_QUEUE, Memory
from football_assets.alerts.state import Alert, Observation, Since, changes
from football_assets.processes import Uptime

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
HERE = Uptime("this boot", 1000.0)
SINCE_NOON = Since(NOON.isoformat(), HERE)
FIVE_TO = Since("2026-03-01T11:55:00+00:00", Uptime("this boot", 700.0))

BAD = Observation("cycle", True, "Cycle 7f failed.")
WELL = Observation("cycle", False, "Cycles succeed again.")


@pytest.mark.parametrize(
    ("former", "observed", "alerts", "critical"),
    [
        pytest.param({}, [WELL], [], {}, id="well from the start is not news"),
        pytest.param({}, [BAD], [("critical", "cycle")], {"cycle": SINCE_NOON}, id="critical at first sight"),
        pytest.param({"cycle": FIVE_TO}, [BAD], [], {"cycle": FIVE_TO}, id="still critical is told once"),
        pytest.param({"cycle": FIVE_TO}, [WELL], [("recovered", "cycle")], {}, id="well again"),
        pytest.param({"cycle": FIVE_TO}, [], [], {"cycle": FIVE_TO}, id="not seen is as it was"),
        pytest.param(
            {"published": FIVE_TO},
            [BAD, Observation("published", False, "Fresh.")],
            [("critical", "cycle"), ("recovered", "published")],
            {"cycle": SINCE_NOON},
            id="each thing has a state of its own",
        ),
    ],
)
def test_alerts_of_a_tick(former, observed, alerts, critical) -> None:
    sent, kept = changes(former, observed, NOON, HERE, "api")
    assert [(alert.state, alert.what) for alert in sent] == alerts
    assert kept == critical


@pytest.mark.parametrize(
    ("began", "now", "here", "span"),
    [
        pytest.param(FIVE_TO, NOON, HERE, "5 min", id="both clocks agree"),
        pytest.param(FIVE_TO, NOON + timedelta(hours=5), HERE, "5 min", id="the wall clock was put ahead"),
        pytest.param(FIVE_TO, NOON - timedelta(hours=5), HERE, "5 min", id="and back"),
        pytest.param(FIVE_TO, NOON, Uptime("this boot", 819.4), "119 s", id="seconds below two minutes"),
        pytest.param(FIVE_TO, NOON, Uptime("another boot", 3.0), "5 min", id="the machine was started anew"),
        pytest.param(FIVE_TO, NOON, Uptime(None, 3.0), "5 min", id="the machine cannot tell"),
        pytest.param(Since(FIVE_TO.at), NOON, HERE, "5 min", id="as an older version wrote it"),
        pytest.param(Since(FIVE_TO.at), NOON - timedelta(hours=5), HERE, "0 s", id="and it is still to come"),
    ],
)
def test_recovery_tells_how_long_it_was(began: Since, now: datetime, here: Uptime, span: str) -> None:
    [alert], _ = changes({"cycle": began}, [WELL], now, here, "api")
    assert alert.message == f"Cycles succeed again. It was critical for {span}; there is nothing to do."


def test_alert_is_one_line_however_the_error_looks() -> None:
    bad = Observation("cycle", True, "a\n  b\r\n" + "c" * 1000)
    [alert], _ = changes({}, [bad], NOON, HERE, "simulated")
    assert alert.host
    assert alert.line.startswith(f"football-assets (simulated data) on {alert.host} critical, cycle: a b c")
    assert "\n" not in alert.line
    assert len(alert.message) == 600


def test_memory_comes_back_from_the_cursor() -> None:
    alert = Alert("critical", "cycle", "Cycle 7f failed.", NOON.isoformat(), "api")
    memory = Memory({"cycle": FIVE_TO}, {"webhook": [alert]})
    assert Memory.from_cursor(memory.to_cursor()) == memory


def test_memory_of_an_older_version_is_read() -> None:
    memory = Memory.from_cursor(f'{{"critical": {{"cycle": "{FIVE_TO.at}"}}, "unsent": {{}}}}')
    assert memory == Memory({"cycle": Since(FIVE_TO.at)})


@pytest.mark.parametrize("cursor", [None, "", "no JSON", "[]", '{"critical": 3}'])
def test_cursor_that_is_none_is_an_empty_memory(cursor: str | None) -> None:
    assert Memory.from_cursor(cursor) == Memory()


def test_queue_keeps_the_newest_and_forgets_channels_that_are_no_more() -> None:
    alerts = [
        Alert("critical", f"{n}", "", (NOON + timedelta(seconds=n)).isoformat(), "api") for n in range(60)
    ]
    queues = Memory(unsent={"webhook": alerts[:-1], "e-mail": alerts}).queues(alerts[-1:], {"webhook": None})
    assert queues == {"webhook": alerts[-LONGEST_QUEUE:]}
