"""Looks for a secret, in each of its spellings, in all that was written. Used by the programs beside it."""

from __future__ import annotations

import urllib.parse
from collections.abc import Iterable, Iterator
from contextlib import closing
from pathlib import Path

import duckdb


def spellings(secret: str) -> set[str]:
    """The secret as it is, percent-encoded in the usual ways, and encoded twice; all in lower case."""
    quoted = {
        urllib.parse.quote(secret, safe=""),
        urllib.parse.quote(secret),
        urllib.parse.quote_plus(secret),
        urllib.parse.quote(secret, safe="/+=?"),
    }
    twice = {urllib.parse.quote(text, safe="") for text in quoted}
    return {text.lower() for text in {secret, *quoted, *twice}}


def leaks(secret: str, directory: Path, texts: Iterable[str] = ()) -> list[str]:
    """Where it was written: files below the directory (databases by their columns, too), and these texts."""
    wanted = spellings(secret)
    found = [str(path) for path in _files(directory) if _in_file(path, wanted)]
    return found + [f"in {text[:60]!r}..." for text in texts if any(one in text.lower() for one in wanted)]


def _files(directory: Path) -> Iterator[Path]:
    return (path for path in directory.rglob("*") if path.is_file() and not path.is_symlink())


def _in_file(path: Path, wanted: set[str]) -> bool:
    content = path.read_bytes().lower()
    if any(one.encode() in content for one in wanted):
        return True
    return path.suffix == ".duckdb" and any(_in_database(path, wanted))


def _in_database(path: Path, wanted: set[str]) -> Iterator[bool]:
    """DuckDB packs its texts, so that its bytes alone show nothing."""
    with closing(duckdb.connect(str(path), read_only=True)) as connection:
        tables = connection.execute(
            """SELECT schema_name, table_name, list(column_name) FROM duckdb_columns()
            WHERE data_type IN ('VARCHAR', 'JSON') AND NOT internal
                AND table_name IN (SELECT table_name FROM duckdb_tables())
            GROUP BY ALL"""
        ).fetchall()
        for schema, table, columns in tables:
            text = f"lower(concat_ws(chr(10), {', '.join(columns)}))"
            tests = " OR ".join(f"contains({text}, $text{place})" for place in range(len(wanted)))
            values = {f"text{place}": one for place, one in enumerate(sorted(wanted))}
            rows = connection.execute(f"SELECT EXISTS(FROM {schema}.{table} WHERE {tests})", values)
            yield bool(rows.fetchall()[0][0])
