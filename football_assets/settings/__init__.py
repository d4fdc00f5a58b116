"""Every setting in one place: its variable, default and bounds. Nothing else reads the environment.

`model` has the settings, by subject in `pipeline`, `reporting`, `keeping` and `machines`; `kinds` has the
types that they share. `sources` reads `.env` and refuses unknown names, `words` says what a setting allows,
and `errors` makes one line of what is wrong.
"""

from football_assets.settings.errors import SettingsError
from football_assets.settings.kinds import Thresholds
from football_assets.settings.model import DataSource, Settings, load_settings, variables
from football_assets.settings.pipeline import DEFAULT_BOOKMAKERS, Fallback
from football_assets.settings.sources import PROJECT_ROOT
from football_assets.settings.words import allowed

__all__ = [
    "DEFAULT_BOOKMAKERS",
    "PROJECT_ROOT",
    "DataSource",
    "Fallback",
    "Settings",
    "SettingsError",
    "Thresholds",
    "allowed",
    "load_settings",
    "variables",
]
