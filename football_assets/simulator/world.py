"""The simulated world's reference data: countries, competitions and teams, as rows of the API.

Nothing is stored: a row is worked out from its number when it is asked for. Who plays whom is in `fixtures`.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from football_assets.simulator.chance import dice, scrambled, share
from football_assets.simulator.identifiers import Identifiers
from football_assets.simulator.names import COUNTRIES, CUPS, INTERNATIONALS, LEAGUES, club
from football_assets.simulator.renewals import PERIOD_SECONDS, Renewals

TEAMS_IN_COMPETITION = 20
LEAGUE, CUP, FRIENDLY = 1, 2, 3
_IMAGES = "https://img.example.com/football"
_COUNTRIES_UPDATED_AT = 1_620_815_091
_NATIONS = tuple((region, name) for region, names in COUNTRIES.items() for name in names)


@dataclass(frozen=True, slots=True)
class Competition:
    """A competition. `country` and `host` are numbers of countries; `has_seasons` tells whether the API
    knows its seasons, stages and tables."""

    number: int
    name: str
    kind: int
    country: int | None
    host: int | None
    women: bool
    has_seasons: bool
    two_legged: bool


@dataclass(frozen=True, slots=True)
class Team:
    """A team. `attack` and `defence` multiply the goals that it scores and concedes, 1 for the average."""

    number: int
    name: str
    short_name: str
    competition: Competition
    country: int | None
    national: bool
    attack: float
    defence: float


class World:
    """The world for a seed and a number of live matches: more matches at once need more teams."""

    def __init__(self, seed: int, matches: int) -> None:
        self.key = scrambled(scrambled(seed) + matches)
        self.competition_count = max(30, matches * 6 // 5)
        self.team_count = self.competition_count * TEAMS_IN_COMPETITION
        self.competition_renewals = Renewals(self.competition_count)
        self.team_renewals = Renewals(self.team_count)
        self.country_ids = Identifiers(seed, "country")
        self.category_ids = Identifiers(seed, "category")
        self.competition_ids = Identifiers(self.key, "competition")
        self.team_ids = Identifiers(self.key, "team")
        self.season_ids = Identifiers(self.key, "season")
        self.stage_ids = Identifiers(self.key, "stage")
        self.venue_ids = Identifiers(self.key, "venue")
        self.person_ids = Identifiers(self.key, "person")
        # Each country's leagues and cups in turn, beginning anywhere.
        self._first_country = scrambled(self.key) % len(_NATIONS)
        self.competition = lru_cache(maxsize=4096)(self._competition)
        self.team = lru_cache(maxsize=4096)(self._team)

    def country_rows(self) -> list[dict[str, Any]]:
        """All rows of `country/list`."""
        regions = list(COUNTRIES)
        return [
            {
                "id": self.country_ids.of(number),
                "category_id": self.category_ids.of(regions.index(region)),
                "name": name,
                "logo": f"{_IMAGES}/country/{number}.png",
                "updated_at": _COUNTRIES_UPDATED_AT + number,
            }
            for number, (region, name) in enumerate(_NATIONS)
        ]

    def competition_row(self, number: int, now: int) -> dict[str, Any]:
        """A row of `competition/additional/list` as it stands at `now` (Unix)."""
        competition = self.competition(number)
        updated_at = self.competition_renewals.renewed_at(number, now)
        known = competition.has_seasons
        season = updated_at // PERIOD_SECONDS
        first_team = number * TEAMS_IN_COMPETITION
        region = list(COUNTRIES).index(_NATIONS[_located(competition)][0])
        return {
            "id": self.competition_ids.of(number),
            "category_id": self.category_ids.of(region),
            "country_id": self._country_id(competition.country),
            "name": competition.name,
            "short_name": "" if number % 4 == 0 else competition.name[:24].rstrip(),
            "logo": f"{_IMAGES}/competition/{number}.png",
            "type": competition.kind,
            "cur_season_id": self.season_ids.of(number * 1000 + season) if known else "",
            "cur_stage_id": self.stage_ids.of(number) if known else "",
            "cur_round": 1 + season % 38 if known else 0,
            "round_count": 38 if known else 0,
            "title_holder": [self.team_ids.of(first_team), 3 + number % 20] if known else [],
            "most_titles": [[self.team_ids.of(first_team)], 3 + number % 20] if known else [],
            "newcomers": [[self.team_ids.of(first_team + 19)], []] if known and number % 2 else [],
            "divisions": [],
            "host": {} if competition.host is None else {"country": _NATIONS[competition.host][1]},
            "primary_color": "#383F47" if number % 3 == 0 else "",
            "secondary_color": "#C0A145" if number % 3 == 0 else "",
            "updated_at": updated_at,
        }

    def team_row(self, number: int, now: int) -> dict[str, Any]:
        """A row of `team/additional/list` as it stands at `now` (Unix)."""
        team = self.team(number)
        updated_at = self.team_renewals.renewed_at(number, now)
        lots = dice(self.key, "team", number)
        known, valued = lots.random() < 0.6, lots.random() < 0.5
        worth = lots.randrange(1, 400) * 50_000 + updated_at // PERIOD_SECONDS % 10 * 25_000
        return {
            "id": self.team_ids.of(number),
            "competition_id": self.competition_ids.of(team.competition.number) if known else "",
            "country_id": self._country_id(team.country) if lots.random() < 0.3 else "",
            "name": team.name,
            "short_name": team.short_name if lots.random() < 0.8 else "",
            "logo": f"{_IMAGES}/team/{number}.png",
            "national": int(team.national),
            "country_logo": f"{_IMAGES}/country/{team.country}.png" if team.national else "",
            "foundation_time": lots.randrange(1880, 1990) if lots.random() < 0.2 else 0,
            "website": f"https://club{number}.example.com" if lots.random() < 0.25 else "",
            "coach_id": self.person_ids.of(number * 100) if known else "",
            "venue_id": self.venue_ids.of(number) if lots.random() < 0.4 else "",
            "market_value": worth if valued else 0,
            "market_value_currency": "€" if valued else "",
            "total_players": lots.randrange(20, 36) if known else 0,
            "foreign_players": lots.randrange(0, 12) if known else 0,
            "national_players": lots.randrange(0, 8) if lots.random() < 0.3 else -1,
            "virtual": 0,
            "gender": 2 if team.competition.women else 1,
            "updated_at": updated_at,
        }

    def _country_id(self, country: int | None) -> str:
        return "" if country is None else self.country_ids.of(country)

    def _competition(self, number: int) -> Competition:
        if number % 12 == 5:
            return self._international(number)
        country = (self._first_country + number * 29) % len(_NATIONS)  # 29 is coprime to the countries' count
        level = number // len(_NATIONS)
        is_cup = number % 6 == 3
        forms = CUPS if is_cup else LEAGUES
        group = f" Group {level // len(forms) + 1}" if level >= len(forms) else ""
        form = forms[level % len(forms)]
        return Competition(
            number=number,
            name=f"{_NATIONS[country][1]} {form}{group}",
            kind=CUP if is_cup else LEAGUE,
            country=country,
            host=country if number % 3 == 0 else None,
            women="Women" in form,
            has_seasons=share(self.key + number) < 0.6,
            two_legged=is_cup and number % 18 == 3,
        )

    def _international(self, number: int) -> Competition:
        edition, form = divmod(number // 12, len(INTERNATIONALS))
        name = INTERNATIONALS[form]
        return Competition(
            number=number,
            name=f"{name} {edition + 1}" if edition else name,
            kind=FRIENDLY if "Friendly" in name or "Invitational" in name else CUP,
            country=None,
            host=scrambled(self.key + number) % len(_NATIONS) if form % 2 else None,
            women="Women" in name,
            has_seasons=False,
            two_legged=False,
        )

    def _team(self, number: int) -> Team:
        competition = self.competition(number // TEAMS_IN_COMPETITION)
        lot = scrambled(self.key ^ scrambled(number))
        if competition.country is None:
            country: int | None = (number * 7 + competition.number) % len(_NATIONS)
            name = short_name = _NATIONS[country or 0][1]
        else:
            country = competition.country
            name, short_name = club(number)
        age = next(
            (f" {word}" for word in competition.name.split() if word.startswith("U") and word[1:].isdigit()),
            "",
        )
        suffix = " (w)" if competition.women else age
        return Team(
            number=number,
            name=name + suffix,
            short_name=short_name,
            competition=competition,
            country=country,
            national=competition.country is None,
            attack=0.7 + share(lot) * 0.6,
            defence=0.7 + share(lot + 1) * 0.6,
        )


def _located(competition: Competition) -> int:
    """The country that a competition is filed under; the internationals' is the first of them all."""
    return competition.country if competition.country is not None else competition.host or 0
