"""Which alerts come of which changes, by table, and what the sensor remembers."""

from datetime import UTC, datetime, timedelta

import pytest

from football_assets.alerts.memory import LONGEST_QUEUE, Memory
from football_assets.alerts.state import Alert, Observation, changes

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
FIVE_TO = "2026-03-01T11:55:00+00:00"

BAD = Observation("cycle", True, "Cycle 7f failed.")
WELL = Observation("cycle", False, "Cycles succeed again.")


@pytest.mark.parametrize(
    ("former", "observed", "alerts", "critical"),
    [
        pytest.param({}, [WELL], [], {}, id="well from the start is not news"),
        pytest.param(
            {}, [BAD], [("critical", "cycle")], {"cycle": NOON.isoformat()}, id="critical at first sight"
        ),
        pytest.param({"cycle": FIVE_TO}, [BAD], [], {"cycle": FIVE_TO}, id="still critical is told once"),
        pytest.param({"cycle": FIVE_TO}, [WELL], [("recovered", "cycle")], {}, id="well again"),
        pytest.param({"cycle": FIVE_TO}, [], [], {"cycle": FIVE_TO}, id="not seen is as it was"),
        pytest.param(
            {"published": FIVE_TO},
            [BAD, Observation("published", False, "Fresh.")],
            [("critical", "cycle"), ("recovered", "published")],
            {"cycle": NOON.isoformat()},
            id="each thing has a state of its own",
        ),
    ],
)
def test_alerts_of_a_tick(former, observed, alerts, critical) -> None:
    sent, kept = changes(former, observed, NOON, "api")
    assert [(alert.state, alert.what) for alert in sent] == alerts
    assert kept == critical


def test_recovery_tells_how_long_it_was() -> None:
    [alert], _ = changes({"cycle": FIVE_TO}, [WELL], NOON, "api")
    assert alert.message == "Cycles succeed again. It was critical for 5 min; there is nothing to do."


def test_alert_is_one_line_however_the_error_looks() -> None:
    [alert], _ = changes({}, [Observation("cycle", True, "a\n  b\r\n" + "c" * 1000)], NOON, "simulated")
    assert alert.host
    assert alert.line.startswith(f"football-assets (simulated data) on {alert.host} critical, cycle: a b c")
    assert "\n" not in alert.line
    assert len(alert.message) == 600


def test_memory_comes_back_from_the_cursor() -> None:
    alert = Alert("critical", "cycle", "Cycle 7f failed.", NOON.isoformat(), "api")
    memory = Memory({"cycle": FIVE_TO}, {"webhook": [alert]})
    assert Memory.from_cursor(memory.to_cursor()) == memory


@pytest.mark.parametrize("cursor", [None, "", "no JSON", "[]", '{"critical": 3}'])
def test_cursor_that_is_none_is_an_empty_memory(cursor: str | None) -> None:
    assert Memory.from_cursor(cursor) == Memory()


def test_queue_keeps_the_newest_and_forgets_channels_that_are_no_more() -> None:
    alerts = [
        Alert("critical", f"{n}", "", (NOON + timedelta(seconds=n)).isoformat(), "api") for n in range(60)
    ]
    queues = Memory(unsent={"webhook": alerts[:-1], "e-mail": alerts}).queues(alerts[-1:], {"webhook": None})
    assert queues == {"webhook": alerts[-LONGEST_QUEUE:]}
