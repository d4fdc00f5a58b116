"""What Dagster's UI tells of each asset, from the one definition of its table. No asset is made here."""

from __future__ import annotations

from collections.abc import Iterable

from dagster import (
    AssetExecutionContext,
    AssetKey,
    AssetSpec,
    TableColumn,
    TableColumnConstraints,
    TableSchema,
)

from football_assets.tables import PUBLISHED, VIEWS, Table

OWNERS = ["team:football-data"]

TABLES = {table.name: table for table in (*PUBLISHED, *VIEWS)}


def table_spec(name: str, group: str, *, deps: Iterable[str] = (), kinds: Iterable[str] = ()) -> AssetSpec:
    """The asset of a table or view: its meaning, columns, group and kinds."""
    table = TABLES[name]
    return AssetSpec(
        name,
        deps=[AssetKey(dep) for dep in deps],
        description=table.meaning,
        group_name=group,
        kinds={"duckdb", *kinds},
        owners=OWNERS,
        metadata={"dagster/column_schema": column_schema(table), "dagster/table_name": name},
    )


def selected(context: AssetExecutionContext, tables: Iterable[str]) -> list[str]:
    """Those of a step's tables that the run materialises, in their order."""
    chosen = {key.path[-1] for key in context.selected_asset_keys}
    return [table for table in tables if table in chosen]


def column_schema(table: Table) -> TableSchema:
    """A table's columns as Dagster shows them."""
    only_key = table.key if len(table.key) == 1 else ()
    return TableSchema(
        columns=[
            TableColumn(
                column.name,
                column.type,
                description=column.meaning,
                constraints=TableColumnConstraints(
                    nullable=column.name not in table.key, unique=column.name in only_key
                ),
            )
            for column in table.columns
        ]
    )
