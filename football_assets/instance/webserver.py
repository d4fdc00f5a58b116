"""Dagster's web server behind our guard: a process of `football-assets start`.

    python -m football_assets.instance.webserver --workspace FILE --host HOST --port PORT [OPTIONS]

Dagster's own command has no place for a middleware, and answers a mutation by GET from any page.
"""

from __future__ import annotations

import logging
from pathlib import Path
from typing import cast
from urllib.parse import parse_qs

import click
import dagster
import uvicorn
from dagster._core.workspace.context import WorkspaceProcessContext, WorkspaceRequestContext
from dagster._core.workspace.load_target import WorkspaceFileTarget
from dagster_webserver.app import create_app_from_workspace_process_context
from graphql import GraphQLError, OperationDefinitionNode, OperationType, parse

from football_assets.instance.fence import read_leader
from football_assets.logs import configure_logging, fold_tracebacks
from football_assets.settings import load_settings
from football_assets.surfaces import App, Guard, Policy, Scope

#: Milliseconds between the UI's questions for news of the assets, as Dagster's own command has it.
_POLL_MILLISECONDS = 2000


@click.command()
@click.option("--workspace", required=True, help="The file that names the code server.")
@click.option("--host", required=True, help="Where it listens.")
@click.option("--port", required=True, type=int, help="Its port.")
@click.option("--read-only", is_flag=True, help="Refuse all that changes something.")
@click.option("--standby", is_flag=True, help="The same while another machine works.")
def main(workspace: str, host: str, port: int, read_only: bool, standby: bool) -> None:
    """Serve Dagster's UI until a signal ends it."""
    logging.getLogger("dagster").setLevel(logging.WARNING)
    settings = load_settings()
    configure_logging(settings)
    fold_tracebacks("dagster", "uvicorn", "py")
    policy = Policy.from_settings(host, port, settings)
    target = WorkspaceFileTarget([workspace])
    with (
        dagster.DagsterInstance.get() as instance,
        WorkspaceProcessContext(instance, target, dagster.__version__, read_only) as context,
    ):
        if standby and not read_only:
            follow_the_lead(context, settings.lead_path)
        app = create_app_from_workspace_process_context(context, live_data_poll_rate=_POLL_MILLISECONDS)
        guarded = Guard(cast(App, app), policy, mutation_outside_the_body)
        uvicorn.run(guarded, host=host, port=port, log_level="warning")


def follow_the_lead(context: WorkspaceProcessContext, path: Path) -> None:
    """Let requests change something only while this machine works. The server stays up when that changes."""
    of_dagster = context.create_request_context

    def create(source: object | None = None) -> WorkspaceRequestContext:
        seen = read_leader(path)
        context._read_only = not (seen and seen.is_here and not seen.is_stale)
        return of_dagster(source)

    context.create_request_context = create  # type: ignore[method-assign]


def mutation_outside_the_body(scope: Scope) -> str | None:
    """Why a request with GraphQL in its address is refused: it would change something. None for a query.

    Dagster takes GraphQL from the address of a GET, and of a POST whose content is neither JSON nor GraphQL:
    a link, an image or a form can send both.
    """
    queries = parse_qs(scope["query_string"].decode("latin-1")).get("query", ())
    if any(map(_changes_something, queries)):
        return "Refused: GraphQL that changes something is taken only from the body of a POST, as JSON."
    return None


def _changes_something(query: str) -> bool:
    try:
        definitions = parse(query).definitions
    except GraphQLError:
        return False  # Dagster will not understand it either.
    return any(
        isinstance(one, OperationDefinitionNode) and one.operation is not OperationType.QUERY
        for one in definitions
    )


if __name__ == "__main__":
    main()
