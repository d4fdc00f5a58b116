"""Goals as they are drawn: from play, from the spot, own ones; and the video review that takes some back."""

from __future__ import annotations

from football_assets.simulator.periods import FOREVER
from football_assets.simulator.play import ON_TARGET, PENALTIES
from football_assets.simulator.record import Record

GOAL, PENALTY, OWN_GOAL, VAR = 1, 8, 17, 28

#: The share of goals that are reviewed; every other of these is taken back.
_VAR_SHARE = 0.08
_PENALTY_SHARE, _OWN_GOAL_SHARE = 0.08, 0.03
_CONFIRMED = {"var_reason": 1, "var_result": 1}
_CANCELLED = {"var_reason": 2, "var_result": 2}


def score_goal(record: Record, at: int, what: str, side: int, next_goal_at: int) -> None:
    """A goal at a Unix second; `next_goal_at` is when the next one falls, since no review outlasts it.

    A goal that is taken back leaves the score. Of every two such goals one disappears from the incidents, and
    one stays there with the review after it that tells that the side's last goal does not stand.
    """
    lots = record.lots
    lot = lots.random()
    type_ = PENALTY if lot < _PENALTY_SHARE else OWN_GOAL if lot < _PENALTY_SHARE + _OWN_GOAL_SHARE else GOAL
    review_ends = at + lots.randrange(40, 90)
    is_reviewed = lots.random() < _VAR_SHARE and type_ == GOAL
    is_wrong = is_reviewed and lots.random() < 0.5
    is_cancelled = is_wrong and review_ends < min(record.period(at).end - 1, next_goal_at)
    disappears = is_cancelled and lots.random() < 0.5
    _count(record, at, what, side, type_, 1)
    fields = record.score(what) | (record.named(side) if type_ != OWN_GOAL else {})
    if type_ == GOAL and record.has_lineup and lots.random() < 0.4:
        fields |= record.lineups[side].named(lots, "assist1")
    record.tell(at, type_, side, fields, until=review_ends if disappears else FOREVER)
    if is_cancelled:
        _count(record, review_ends, what, side, type_, -1)
        if not disappears:
            record.tell(review_ends, VAR, side, record.named(side) | _CANCELLED)
    elif is_reviewed:
        record.tell(at + 25, VAR, side, record.named(side) | _CONFIRMED)


def _count(record: Record, at: int, what: str, side: int, type_: int, by: int) -> None:
    record.count(at, what, side, by)
    if type_ != OWN_GOAL:
        record.count(at, ON_TARGET, side, by)
    if type_ == PENALTY:
        record.count(at, PENALTIES, side, by)
