"""`football-assets follow`: what changed, a line a change, as it is published. What a change is and how it is
written, the package `football_assets.follow` says."""

from __future__ import annotations

import asyncio
import signal
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click
from rich.console import Console

from football_assets.follow.change import KINDS, Change
from football_assets.follow.follower import LOOK_SECONDS, RETRY_SECONDS, Follower
from football_assets.follow.lines import people_lines
from football_assets.follow.position import BadPosition, Position, parse_since
from football_assets.follow.records import json_line
from football_assets.follow.wanted import FILTERS, BadFilter, Wanted
from football_assets.published.formatting import MARKETS
from football_assets.published.freshness import Freshness, freshness, published_age, published_words
from football_assets.published.reading import NotPublished, Unreadable, reading
from football_assets.settings import Settings, load_settings
from football_assets.surfaces import cannot_serve

if TYPE_CHECKING:
    from football_assets.follow.reader import Page

HOST, PORT = "127.0.0.1", 8600


@click.command()
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line, for programs.")
@click.option("--since", metavar="T", help="Begin after a time with its zone, or after a line's cursor.")
@click.option(
    "--match",
    multiple=True,
    metavar="TEXT",
    help="Only matches of this id, or with these words in the teams.",
)
@click.option(
    "--competition", multiple=True, metavar="TEXT", help="Only competitions of this id, or with these words."
)
@click.option(
    "--market", multiple=True, metavar="NAME", help=f"Prices of this market only: {', '.join(MARKETS)}."
)
@click.option(
    "--bookmaker",
    multiple=True,
    metavar="TEXT",
    help="Prices of this bookmaker only: an id, or a part of a name.",
)
@click.option("--kind", multiple=True, metavar="NAME", help=f"Only this kind of change: {', '.join(KINDS)}.")
@click.option(
    "--serve",
    is_flag=False,
    flag_value=str(PORT),
    metavar="[HOST:]PORT",
    help=f"Serve Server-Sent Events instead; alone, on {HOST}:{PORT}.",
)
def follow(as_json: bool, since: str | None, serve: str | None, **filters: tuple[str, ...]) -> None:
    """Tell what changes, a line a change, as it is published, until Ctrl-C.

    Every line carries a cursor, such as 412.17. Given to --since, what comes after that line is told: nothing
    is lost and nothing told twice. Without it, what is published from now on is told.

    A filter can be given several times, for one or the other; all filters must fit. --market and --bookmaker
    choose among prices only.

    \b
    Examples:
      football-assets follow --kind goal --kind card --kind state
      football-assets follow --match arsenal --bookmaker bet365
      football-assets follow --json --since 412.17 >> changes.jsonl
      football-assets follow --serve
    """
    try:
        settings = load_settings()
        if serve is not None:
            _refuse_with_serve(as_json, since, filters)
            _serve(settings, *_address(serve))
            return
        wanted = Wanted.parse(filters)
        now = datetime.now(UTC)
        begin = parse_since(since, now) if since is not None else None
        _tell(settings, Follower(settings.published_path, wanted, begin, now), as_json=as_json)
    except BadFilter as error:
        raise click.UsageError(f"--{error}") from None
    except BadPosition as error:
        raise click.ClickException(f"--since: {error}" if since is not None else str(error)) from None


def _tell(settings: Settings, follower: Follower, *, as_json: bool) -> None:
    """Write what is new for ever. Ctrl-C and SIGTERM end it between two lines where that is possible."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    writer = _Writer(as_json=as_json)
    said = _Said(settings)
    try:
        while True:
            try:
                page = follower.next_page()
            except (NotPublished, Unreadable) as error:
                said.once(str(error))
                time.sleep(RETRY_SECONDS)
                continue
            said.age()
            if page is None:
                time.sleep(LOOK_SECONDS)
            else:
                said.beginning(page)
                writer.write(page.changes)
    except KeyboardInterrupt:
        if writer.last is not None and sys.stderr.isatty():
            click.echo(f"\nTo go on after the last line: --since {writer.last}", err=True)


class _Writer:
    """Writes changes to standard output: whole pages, so that a reader of a pipe waits for none."""

    def __init__(self, *, as_json: bool) -> None:
        self._as_json = as_json
        self._console = Console(highlight=False)
        self.last: Position | None = None

    def write(self, changes: Sequence[Change]) -> None:
        """Write the changes, each with its line's end."""
        if self._as_json:
            if changes:
                sys.stdout.buffer.write(b"".join(json_line(change) + b"\n" for change in changes))
                sys.stdout.buffer.flush()
                self.last = changes[-1].position
            return
        for change, text in people_lines(changes):
            if self._console.is_terminal:
                self._console.print(text, no_wrap=True, overflow="ellipsis")
            else:
                click.echo(text.plain)
            self.last = change.position


class _Said:
    """Tells on standard error what a person should know beside the changes, each once."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._last = ""
        self._age = Freshness.FRESH
        self._has_begun = False

    def once(self, text: str) -> None:
        """A text, where it is not the last one told."""
        if text != self._last:
            self._last = text
            click.echo(text, err=True)

    def beginning(self, page: Page) -> None:
        """The first page is there."""
        if not self._has_begun:
            self._has_begun = True
            if sys.stderr.isatty():
                source = "Simulated matches. " if self._is_simulated() else ""
                self.once(f"{source}Following {self._settings.published_path}, Ctrl-C stops it.")

    def _is_simulated(self) -> bool:
        """The file says so, not the settings: the credentials may be known to the service alone."""
        with suppress(NotPublished, Unreadable), reading(self._settings.published_path) as source:
            told = source.row("publication")
            return bool(told and told["simulated"])
        return False

    def age(self) -> None:
        """The data became late or dead, or fresh again."""
        age = published_age(self._settings.published_path, datetime.now(UTC))
        state = freshness(age, self._settings.threshold_age_seconds)
        if state is not self._age:
            self._age = state
            click.echo(f"The data are {state.word}: {published_words(age)}.", err=True)


def _refuse_with_serve(as_json: bool, since: str | None, filters: dict[str, tuple[str, ...]]) -> None:
    given = [name for name in FILTERS if filters[name]]
    given += ["json"] * as_json + ["since"] * (since is not None)
    if given:
        raise click.UsageError(
            f"--serve takes no --{given[0]}: each client gives them as parameters of the address."
        )


def _address(text: str) -> tuple[str, int]:
    """Host and port of `PORT`, `HOST:PORT` or `[IPv6]:PORT`."""
    host, _, port = text.rpartition(":")
    if not (port.isascii() and port.isdigit() and 0 <= int(port) <= 65535) or (
        ":" in host and host[:1] != "["
    ):
        raise click.UsageError(f"--serve {text!r} is not allowed: a port, HOST:PORT or [IPv6]:PORT")
    return host.strip("[]") or HOST, int(port)


def _serve(settings: Settings, host: str, port: int) -> None:
    try:
        asyncio.run(_serve_until_stopped(settings, host, port))
    except OSError as error:
        raise click.ClickException(cannot_serve(host, port, error)) from None


async def _serve_until_stopped(settings: Settings, host: str, port: int) -> None:
    from football_assets.follow.server import serving  # the lines need no server

    stopped = asyncio.Event()
    for wanted in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(wanted, stopped.set)
    async with serving(settings, host, port) as address:
        click.echo(f"Events: {address} (Ctrl-C stops it)", err=True)
        await stopped.wait()
