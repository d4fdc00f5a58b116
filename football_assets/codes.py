"""TheSports' numeric codes in words. Source: the code tables of TheSports' API documentation.

Only the tables; a code that is not in its table keeps its number and has no name.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import IntEnum


class MatchStatus(IntEnum):
    """State of a match. 0 is a match that the vendor asks not to show; 6 is an older code of 5."""

    ABNORMAL = 0
    NOT_STARTED = 1
    FIRST_HALF = 2
    HALF_TIME = 3
    SECOND_HALF = 4
    OVERTIME = 5
    OVERTIME_DEPRECATED = 6
    SHOOT_OUT = 7
    END = 8
    DELAY = 9
    INTERRUPT = 10
    CUT_IN_HALF = 11
    CANCEL = 12
    TO_BE_DETERMINED = 13


MATCH_STATUS: Mapping[int, str] = {
    MatchStatus.ABNORMAL: "abnormal",
    MatchStatus.NOT_STARTED: "not started",
    MatchStatus.FIRST_HALF: "first half",
    MatchStatus.HALF_TIME: "half-time",
    MatchStatus.SECOND_HALF: "second half",
    MatchStatus.OVERTIME: "overtime",
    MatchStatus.OVERTIME_DEPRECATED: "overtime",
    MatchStatus.SHOOT_OUT: "penalty shoot-out",
    MatchStatus.END: "end",
    MatchStatus.DELAY: "delay",
    MatchStatus.INTERRUPT: "interrupt",
    MatchStatus.CUT_IN_HALF: "cut in half",
    MatchStatus.CANCEL: "cancel",
    MatchStatus.TO_BE_DETERMINED: "to be determined",
}

#: A match that is being played, its breaks included.
IN_PLAY = frozenset(
    {
        MatchStatus.FIRST_HALF,
        MatchStatus.HALF_TIME,
        MatchStatus.SECOND_HALF,
        MatchStatus.OVERTIME,
        MatchStatus.OVERTIME_DEPRECATED,
        MatchStatus.SHOOT_OUT,
    }
)
#: A match that is over, or is not to be shown: no price of it can be taken. The others may still be played.
ENDED = frozenset({MatchStatus.ABNORMAL, MatchStatus.END, MatchStatus.CUT_IN_HALF, MatchStatus.CANCEL})
#: A match that has not begun.
BEFORE_PLAY = frozenset({MatchStatus.NOT_STARTED, MatchStatus.DELAY, MatchStatus.TO_BE_DETERMINED})
#: A match in which goals after 120 minutes count, where they are told.
IN_EXTRA_TIME = frozenset({MatchStatus.OVERTIME, MatchStatus.OVERTIME_DEPRECATED, MatchStatus.SHOOT_OUT})

#: Minutes played before a period and at its regular end. Source: TheSports' documentation of `score`.
PERIODS: Mapping[int, tuple[int, int]] = {
    MatchStatus.FIRST_HALF: (0, 45),
    MatchStatus.SECOND_HALF: (45, 90),
    MatchStatus.OVERTIME: (90, 120),
    MatchStatus.OVERTIME_DEPRECATED: (90, 120),
}
LAST_MINUTE = 150

#: Types of incidents and of statistics: the API uses one table for both.
INCIDENTS: Mapping[int, str] = {
    1: "goal",
    2: "corner",
    3: "yellow card",
    4: "red card",
    5: "offside",
    6: "free kick",
    7: "goal kick",
    8: "penalty",
    9: "substitution",
    10: "start",
    11: "half-time",
    12: "end",
    13: "half-time score",
    15: "card upgrade confirmed",
    16: "penalty missed",
    17: "own goal",
    19: "injury time",
    21: "shots on target",
    22: "shots off target",
    23: "attacks",
    24: "dangerous attacks",
    25: "ball possession",
    26: "overtime over",
    27: "shoot-out over",
    28: "var",
    29: "shoot-out penalty scored",
    30: "shoot-out penalty missed",
    37: "blocked shots",
    38: "hydration break",
}

#: Types of incidents that are goals. An own goal bears the side that it counts for.
GOALS = frozenset({1, 8, 17})
#: The type of a decision by the video assistant, and its result that takes a goal back.
VAR, GOAL_CANCELLED = 28, 2

#: Bookmakers, by the names they are given in the documentation.
BOOKMAKERS: Mapping[int, str] = {
    2: "BET365",
    3: "Crown",
    4: "10BET",
    5: "Ladbrokes",
    6: "Mansion88",
    7: "Macauslot",
    8: "SNAI",
    9: "William Hill",
    10: "Easybets",
    11: "Vcbet",
    12: "EuroBet",
    13: "Interwetten",
    14: "12bet",
    15: "Sbobet",
    16: "Wewbet",
    17: "18Bet",
    18: "Fun88",
    21: "188bet",
    22: "Pinnacle",
    136: "HKJC",
}

WEATHER: Mapping[int, str] = {
    1: "partially cloudy",
    2: "cloudy",
    3: "partially cloudy/rain",
    4: "snow",
    5: "sunny",
    6: "overcast rain/partial thunderstorm",
    7: "overcast",
    8: "mist",
    9: "overcast with rain",
    10: "cloudy with rain",
    11: "cloudy with rain/partial thunderstorms",
    12: "clouds/rain and thunderstorms locally",
    13: "fog",
}

#: Why the video assistant was asked.
VAR_REASON: Mapping[int, str] = {
    0: "other",
    1: "goal awarded",
    2: "goal not awarded",
    3: "penalty awarded",
    4: "penalty not awarded",
    5: "red card given",
    6: "card upgrade",
    7: "mistaken identity",
    8: "corner awarded",
    9: "corner not awarded",
}

#: What the video assistant found.
VAR_RESULT: Mapping[int, str] = {
    0: "unknown",
    1: "goal confirmed",
    2: "goal cancelled",
    3: "penalty confirmed",
    4: "penalty cancelled",
    5: "red card confirmed",
    6: "red card cancelled",
    7: "card upgrade confirmed",
    8: "card upgrade cancelled",
    9: "original decision",
    10: "original decision changed",
    11: "corner confirmed",
    12: "corner cancelled",
}

COMPETITION_TYPE: Mapping[int, str] = {0: "unknown", 1: "league", 2: "cup", 3: "friendly"}

#: Why a card was given or a player substituted. Two codes mean something else in a substitution.
REASONS: Mapping[int, str] = {
    0: "unknown",
    1: "foul",
    2: "professional foul",
    3: "encroachment",
    4: "tactical foul",
    5: "reckless offence",
    6: "off-the-ball foul",
    7: "persistent fouling",
    8: "persistent infringement",
    9: "violent conduct",
    10: "dangerous play",
    11: "handball",
    12: "serious foul",
    13: "professional foul as last man",
    14: "denied a goal-scoring opportunity",
    15: "time wasting",
    16: "video sync done",
    17: "rescinded card",
    18: "argument",
    19: "dissent",
    20: "foul and abusive language",
    21: "excessive celebration",
    22: "not retreating",
    23: "fight",
    24: "extra flag to checker",
    25: "on the bench",
    26: "after the match",
    27: "other",
    28: "entering the field without leave",
    29: "entering the field",
    30: "leaving the field",
    31: "unsporting behaviour",
    32: "not visible",
    33: "flop",
    34: "excessive review signal",
    35: "entering the referee's review area",
    36: "spitting",
    37: "viral",
}
SUBSTITUTION = 9
SUBSTITUTION_REASONS: Mapping[int, str] = {**REASONS, 3: "injury", 4: "tactical"}
