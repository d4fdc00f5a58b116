"""Dagster's daemon, whose failures are one line each: a process of `football-assets start`.

    python -m football_assets.instance.daemon run -w FILE [OPTIONS]

Dagster's own command prints a traceback for each question that a frozen code server leaves unanswered.
"""

from __future__ import annotations

from importlib.metadata import entry_points

from football_assets.loading import loading
from football_assets.logs import configure_logging, fold_tracebacks
from football_assets.settings import load_settings


def main() -> None:
    """Run Dagster's own command, with the arguments of this one."""
    configure_logging(load_settings())
    fold_tracebacks("dagster", "py")
    (command,) = entry_points(group="console_scripts", name="dagster-daemon")
    with loading():
        run = command.load()
    run()


if __name__ == "__main__":
    main()
