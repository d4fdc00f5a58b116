"""Reference data as the API shows it: the rows of countries, competitions and teams at a moment."""

from __future__ import annotations

from football_assets.simulator.chance import dice
from football_assets.simulator.fixtures import Fixture
from football_assets.simulator.listing import Row
from football_assets.simulator.names import COUNTRIES
from football_assets.simulator.renewals import PERIOD_SECONDS
from football_assets.simulator.twice import COMPETITION, ENTERED_SECONDS, TEAM, Twice
from football_assets.simulator.world import NATIONS, TEAMS_IN_COMPETITION, Competition, World

IMAGES = "https://img.example.com/football"
#: What the names under a former id end with.
FORMER = " (old)"
_COUNTRIES_UPDATED_AT = 1_620_815_091


class ReferenceRows:
    """The rows of a world's countries, competitions and teams."""

    def __init__(self, world: World, twice: Twice) -> None:
        self._world = world
        self._twice = twice

    def country_rows(self) -> list[Row]:
        """All rows of `country/list`."""
        regions = list(COUNTRIES)
        return [
            {
                "id": self._world.country_ids.of(number),
                "category_id": self._world.category_ids.of(regions.index(region)),
                "name": name,
                "logo": f"{IMAGES}/country/{number}.png",
                "updated_at": _COUNTRIES_UPDATED_AT + number,
            }
            for number, (region, name) in enumerate(NATIONS)
        ]

    def competition_name(self, number: int) -> Row:
        """The fields by which a competition is shown."""
        own, is_former = self._competition(number)
        return {
            "id": self._world.competition_ids.of(number),
            "name": self._world.competition(own).name + (FORMER if is_former else ""),
            "logo": f"{IMAGES}/competition/{own}.png",
        }

    def team_name(self, number: int) -> Row:
        """The fields by which a team is shown."""
        own, is_former = self._team(number)
        team = self._world.team(own)
        return {
            "id": self._world.team_ids.of(number),
            "name": team.name + (FORMER if is_former else ""),
            "logo": f"{IMAGES}/team/{own}.png",
            "country_logo": f"{IMAGES}/country/{team.country}.png" if team.national else "",
        }

    def competition_row(self, number: int, now: int) -> Row:
        """A row of `competition/additional/list` as it stands at `now` (Unix)."""
        world = self._world
        twice = self._twice.match(COMPETITION, number)
        updated_at = _entered_at(twice) if twice else world.competition_renewals.renewed_at(number, now)
        merged_into = None if twice else world.competition_mergers.merged_into(number, updated_at)
        row, number = self.competition_name(number), self._competition(number)[0]
        competition = world.competition(number)
        known = competition.has_seasons
        season = updated_at // PERIOD_SECONDS
        first_team = number * TEAMS_IN_COMPETITION
        region = list(COUNTRIES).index(NATIONS[_located(competition)][0])
        row |= {
            "category_id": world.category_ids.of(region),
            "country_id": self._country_id(competition.country),
            "short_name": "" if number % 4 == 0 else competition.name[:24].rstrip(),
            "type": competition.kind,
            "cur_season_id": world.season_ids.of(number * 1000 + season) if known else "",
            "cur_stage_id": world.stage_ids.of(number) if known else "",
            "cur_round": 1 + season % 38 if known else 0,
            "round_count": 38 if known else 0,
            "title_holder": [world.team_ids.of(first_team), 3 + number % 20] if known else [],
            "most_titles": [[world.team_ids.of(first_team)], 3 + number % 20] if known else [],
            "newcomers": [[world.team_ids.of(first_team + 19)], []] if known and number % 2 else [],
            "divisions": [],
            "host": {} if competition.host is None else {"country": NATIONS[competition.host][1]},
            "primary_color": "#383F47" if number % 3 == 0 else "",
            "secondary_color": "#C0A145" if number % 3 == 0 else "",
            "updated_at": updated_at,
        }
        if number % 2:
            row["gender"] = 2 if competition.women else 1
        if merged_into is not None:
            row["uid"] = world.competition_ids.of(merged_into)
        return row

    def team_row(self, number: int, now: int) -> Row:
        """A row of `team/additional/list` as it stands at `now` (Unix)."""
        world = self._world
        twice = self._twice.match(TEAM, number)
        updated_at = _entered_at(twice) if twice else world.team_renewals.renewed_at(number, now)
        merged_into = None if twice else world.team_mergers.merged_into(number, updated_at)
        row, number = self.team_name(number), self._team(number)[0]
        team = world.team(number)
        lots = dice(world.key, "team", number)
        known, valued = lots.random() < 0.6, lots.random() < 0.5
        worth = lots.randrange(1, 400) * 50_000 + updated_at // PERIOD_SECONDS % 10 * 25_000
        row |= {
            "competition_id": world.competition_ids.of(team.competition.number) if known else "",
            "country_id": self._country_id(team.country) if lots.random() < 0.3 else "",
            "short_name": team.short_name if lots.random() < 0.8 else "",
            "national": int(team.national),
            "foundation_time": lots.randrange(1880, 1990) if lots.random() < 0.2 else 0,
            "website": f"https://club{number}.example.com" if lots.random() < 0.25 else "",
            "coach_id": world.person_ids.of(number * 100) if known else "",
            "venue_id": world.venue_ids.of(number) if lots.random() < 0.4 else "",
            "market_value": worth if valued else 0,
            "market_value_currency": "€" if valued else "",
            "total_players": lots.randrange(20, 36) if known else 0,
            "foreign_players": lots.randrange(0, 12) if known else 0,
            "national_players": lots.randrange(0, 8) if lots.random() < 0.3 else -1,
            "virtual": 0,
            "gender": 2 if team.competition.women else 1,
            "updated_at": updated_at,
        }
        if merged_into is not None:
            row["uid"] = world.team_ids.of(merged_into)
        return row

    def _competition(self, number: int) -> tuple[int, bool]:
        """The number of the competition that stands behind a number, and whether it is a former id's."""
        if fixture := self._twice.match(COMPETITION, number):
            return fixture.competition.number, False
        own = self._world.competition_mergers.thing(number)
        return own, own != number

    def _team(self, number: int) -> tuple[int, bool]:
        """The number of the team that stands behind a number, and whether it is a former id's."""
        if fixture := self._twice.match(TEAM, number):
            return fixture.home.number, False
        own = self._world.team_mergers.thing(number)
        return own, own != number

    def _country_id(self, country: int | None) -> str:
        return "" if country is None else self._world.country_ids.of(country)


def _entered_at(fixture: Fixture) -> int:
    """Unix second at which a second entry was made for a match."""
    return fixture.scheduled_at - ENTERED_SECONDS


def _located(competition: Competition) -> int:
    """The country that a competition is filed under; the internationals' is the first of them all."""
    return competition.country if competition.country is not None else competition.host or 0
