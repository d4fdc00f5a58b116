"""`football-assets sql`: queries on the published database, for those who have no DuckDB shell."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import redirect_stdout
from io import StringIO

import click
import duckdb
from rich.console import Console

from football_assets.cli.records import CsvRecords, JsonRecords, Records
from football_assets.published.formatting import plain
from football_assets.published.reading import NotPublished, Reading, Row, Unreadable, reading
from football_assets.settings import load_settings

#: Rows that a table shows at most; `--csv` and `--json` give all.
TABLE_ROWS = 200

#: Rows that are fetched at a time.
BATCH_ROWS = 10_000


@click.command()
@click.argument("query", required=False)
@click.option("--json", "as_json", is_flag=True, help="One JSON object a row.")
@click.option("--csv", "as_csv", is_flag=True, help="Comma-separated values with one header.")
def sql(query: str | None, as_json: bool, as_csv: bool) -> None:
    """Query the published database: a table on a terminal, CSV in a pipe.

    The file is opened read-only. Without QUERY it is read from standard input. Of several statements,
    separated by semicolons, the last one's rows are shown. Times are UTC. The variable `football_history` is
    set, so that the views of the past find their files.

    \b
    Examples:
      football-assets sql "FROM in_play_matches"
      football-assets sql --json "SELECT * FROM goals ORDER BY match_id, sequence"
      football-assets sql --csv "FROM closing_prices WHERE kickoff_day = DATE '2026-05-01'"
    """
    if as_json and as_csv:
        raise click.UsageError("--json and --csv exclude each other.")
    if query is None and sys.stdin.isatty():
        raise click.UsageError("No query: give one in quotes, or on standard input.")
    records = JsonRecords() if as_json else CsvRecords() if as_csv or not _is_terminal() else None
    try:
        settings = load_settings()
        with reading(settings.published_path) as source:
            source.find_history()
            for line in _lines(source, sys.stdin.read() if query is None else query, records):
                click.echo(line)
    except (NotPublished, Unreadable) as error:
        raise click.ClickException(str(error)) from None


def _lines(source: Reading, text: str, records: Records | None) -> Iterator[str]:
    """What the last statement gives, in lines. Raises `click.ClickException`, one line, for a mistake in the
    query."""
    try:
        statements = source.connection.extract_statements(text)
        if not statements:
            raise click.ClickException("There is no statement in the query.")
        for statement in statements[:-1]:
            source.connection.execute(statement)
        yield from (
            _table(source, statements[-1]) if records is None else _records(source, statements[-1], records)
        )
    except duckdb.Error as error:
        raise click.ClickException(told(error)) from None


def _records(source: Reading, statement: duckdb.Statement, records: Records) -> Iterator[str]:
    cursor = source.connection.execute(statement)
    names = _unique([column[0] for column in cursor.description or ()])
    batch = cursor.fetchmany(BATCH_ROWS) if names else []
    while True:
        rows: list[Row] = [dict(zip(names, row, strict=True)) for row in batch]
        yield from records.of(names, rows, None)
        if not batch:
            return
        batch = cursor.fetchmany(BATCH_ROWS)


def _table(source: Reading, statement: duckdb.Statement) -> Iterator[str]:
    relation = source.connection.query(statement.query)
    if relation is None:
        return
    for line in _drawn(relation).splitlines():
        yield plain_line(line)


def _drawn(relation: duckdb.DuckDBPyRelation) -> str:
    """DuckDB's own table, as wide as the terminal; it knows how wide each character is."""
    with StringIO() as written, redirect_stdout(written):
        relation.show(max_width=Console().width, max_rows=TABLE_ROWS)
        return written.getvalue()


def plain_line(line: str) -> str:
    """A line without what could steer the terminal, its blanks as they are."""
    return "".join(character if character == " " else plain(character) for character in line)


def told(error: duckdb.Error) -> str:
    """What DuckDB says of a mistake, on one line, without the query that it repeats."""
    return " ".join(str(error).partition("\n\nLINE ")[0].split())


def _unique(names: list[str]) -> list[str]:
    """Names of columns, each once: the second `id` is `id_1`."""
    taken: dict[str, int] = {}
    unique = []
    for name in names:
        count = taken.get(name, 0)
        taken[name] = count + 1
        unique.append(f"{name}_{count}" if count else name)
    return unique


def _is_terminal() -> bool:
    return sys.stdout.isatty()
