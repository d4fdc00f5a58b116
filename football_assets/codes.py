"""TheSports' numeric codes in words. Source: the code tables of TheSports' API documentation.

Only the tables; a code that is not in its table keeps its number and has no name.
"""

from __future__ import annotations

from collections.abc import Mapping

#: State of a match. 0 is a match that the vendor asks not to show; 6 is an older code of 5.
MATCH_STATUS: Mapping[int, str] = {
    0: "abnormal",
    1: "not started",
    2: "first half",
    3: "half-time",
    4: "second half",
    5: "overtime",
    6: "overtime",
    7: "penalty shoot-out",
    8: "end",
    9: "delay",
    10: "interrupt",
    11: "cut in half",
    12: "cancel",
    13: "to be determined",
}

#: The statuses of a match that is being played, its breaks included.
IN_PLAY = frozenset(range(2, 8))

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
