"""Attempts and queues, with channels that fail as told and pauses that are not slept through."""

from threading import Event
from time import monotonic

import pytest

from football_assets.alerts.channels import NotSent
from football_assets.alerts.delivery import PAUSES, deliver
from football_assets.alerts.state import Alert


def alert(number: int) -> Alert:
    return Alert("critical", f"check {number}", "", "2026-03-01T12:00:00+00:00", "api")


class Scripted:
    """Takes an alert or fails, as the script says; takes all after its end."""

    def __init__(self, *script: NotSent | None) -> None:
        self.script = list(script)
        self.taken: list[Alert] = []

    def send(self, alert: Alert) -> None:
        failure = self.script.pop(0) if self.script else None
        if failure:
            raise failure
        self.taken.append(alert)


HEALS = NotSent("busy", heals=True)
FINAL = NotSent("unknown", heals=False)


@pytest.mark.parametrize(
    ("script", "taken", "pauses", "error"),
    [
        pytest.param([], 2, [], None, id="taken at once"),
        pytest.param([HEALS, None], 2, [PAUSES[0]], None, id="taken at the second attempt"),
        pytest.param([HEALS, HEALS, None], 2, list(PAUSES), None, id="taken at the third"),
        pytest.param([HEALS] * 3, 0, list(PAUSES), "busy", id="given up after three"),
        pytest.param([FINAL], 0, [], "unknown", id="what does not heal is not tried again"),
        pytest.param([None, FINAL], 1, [], "unknown", id="what was taken before stays taken"),
    ],
)
def test_attempts(script, taken: int, pauses, error) -> None:
    channel, slept, queue = Scripted(*script), [], [alert(1), alert(2)]
    delivery = deliver({"webhook": channel}, {"webhook": queue}, sleep=slept.append)["webhook"]
    assert channel.taken == queue[:taken]
    assert delivery.remaining == queue[taken:]
    assert (slept, delivery.error) == (pauses, error)


def test_channel_that_fails_does_not_keep_the_other_from_its_alerts() -> None:
    good, bad = Scripted(), Scripted(FINAL)
    done = deliver({"good": good, "bad": bad}, {"good": [alert(1)], "bad": [alert(1)]})
    assert done["good"].remaining == []
    assert done["bad"].remaining == [alert(1)]


def test_channel_that_hangs_is_not_waited_for_and_begins_nothing_afterwards() -> None:
    released, taken = Event(), []

    class Hanging:
        def send(self, alert: Alert) -> None:
            released.wait(5)
            taken.append(alert)

    begun = monotonic()
    done = deliver({"webhook": Hanging()}, {"webhook": [alert(1), alert(2)]}, patience=0.05)
    assert monotonic() - begun < 1
    assert done["webhook"].remaining == [alert(1), alert(2)]
    assert done["webhook"].error == "it took too long"
    released.set()
    Event().wait(0.05)
    assert taken == [alert(1)]


def test_longest_pauses_and_attempts_end_within_the_sensors_time() -> None:
    from football_assets.alerts.channels import TIMEOUT_SECONDS
    from football_assets.alerts.delivery import PATIENCE_SECONDS

    assert (len(PAUSES) + 1) * TIMEOUT_SECONDS + sum(PAUSES) <= PATIENCE_SECONDS < 15
