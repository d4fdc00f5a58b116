"""The simulated world: its countries, competitions and teams. Their rows are in `reference_rows`.

Nothing is stored: what is asked for is worked out from its number. Who plays whom is in `fixtures`.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from football_assets.simulator.chance import scrambled, share
from football_assets.simulator.identifiers import Identifiers
from football_assets.simulator.mergers import Mergers
from football_assets.simulator.names import COUNTRIES, CUPS, INTERNATIONALS, LEAGUES, club
from football_assets.simulator.renewals import Renewals

TEAMS_IN_COMPETITION = 20
LEAGUE, CUP, FRIENDLY = 1, 2, 3
NATIONS = tuple((region, name) for region, names in COUNTRIES.items() for name in names)


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
    """The world for a seed and a number of live matches: more matches at once need more teams. All days have
    the same teams."""

    def __init__(self, seed: int, matches: int) -> None:
        self.key = scrambled(scrambled(seed) + matches)
        self.competition_count = max(30, matches * 6 // 5)
        self.team_count = self.competition_count * TEAMS_IN_COMPETITION
        self.competition_mergers = Mergers(self.competition_count, every=10)
        self.team_mergers = Mergers(self.team_count, every=30)
        self.competition_renewals = Renewals(self.competition_mergers.total)
        self.team_renewals = Renewals(self.team_mergers.total)
        self.country_ids = Identifiers(seed, "country")
        self.category_ids = Identifiers(seed, "category")
        self.competition_ids = Identifiers(self.key, "competition")
        self.team_ids = Identifiers(self.key, "team")
        self.season_ids = Identifiers(self.key, "season")
        self.stage_ids = Identifiers(self.key, "stage")
        self.venue_ids = Identifiers(self.key, "venue")
        self.person_ids = Identifiers(self.key, "person")
        # Each country's leagues and cups in turn, beginning anywhere.
        self._first_country = scrambled(self.key) % len(NATIONS)
        self.competition = lru_cache(maxsize=4096)(self._competition)
        self.team = lru_cache(maxsize=4096)(self._team)

    def team_id(self, team: Team, key: int) -> str:
        """The id under which the match with this key names a team: a former one now and then."""
        return self.team_ids.of(self.team_mergers.used(team.number, scrambled(key ^ team.number)))

    def competition_id(self, competition: Competition, key: int) -> str:
        """The id under which the match with this key names its competition: a former one now and then."""
        return self.competition_ids.of(self.competition_mergers.used(competition.number, scrambled(key + 7)))

    def _competition(self, number: int) -> Competition:
        if number % 12 == 5:
            return self._international(number)
        country = (self._first_country + number * 29) % len(NATIONS)  # 29 is coprime to the countries' count
        level = number // len(NATIONS)
        is_cup = number % 6 == 3
        forms = CUPS if is_cup else LEAGUES
        group = f" Group {level // len(forms) + 1}" if level >= len(forms) else ""
        form = forms[level % len(forms)]
        return Competition(
            number=number,
            name=f"{NATIONS[country][1]} {form}{group}",
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
            host=scrambled(self.key + number) % len(NATIONS) if form % 2 else None,
            women="Women" in name,
            has_seasons=False,
            two_legged=False,
        )

    def _team(self, number: int) -> Team:
        competition = self.competition(number // TEAMS_IN_COMPETITION)
        lot = scrambled(self.key ^ scrambled(number))
        if competition.country is None:
            country: int | None = (number * 7 + competition.number) % len(NATIONS)
            name = short_name = NATIONS[country or 0][1]
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
