"""`deleted`: what the vendor has withdrawn altogether."""

from __future__ import annotations

from typing import TYPE_CHECKING

from football_assets.enrichment.known import Enriched
from football_assets.thesports.errors import TheSportsError
from football_assets.thesports.parsing.reader import shown

if TYPE_CHECKING:
    from football_assets.thesports.client import TheSports

#: The kinds of ids that we hold rows of.
KINDS = ("match", "team", "competition")
_PRIORITY = 0


async def fetch_deleted(api: TheSports, out: Enriched) -> None:
    """Ask which ids were deleted in the last 24 hours. Where that cannot be had, nothing is withdrawn."""
    try:
        answer = await api.deleted(_PRIORITY)
    except TheSportsError as error:
        out.warnings.append(f"deleted not read: {error}")
        return
    out.deleted = {}
    for kind in KINDS:
        ids = answer.results.get(kind, [])
        if not isinstance(ids, list):
            out.warnings.append(f"deleted: {kind} is {shown(ids)}, should be a list of ids")
            continue
        out.deleted[kind] = {id_ for id_ in ids if isinstance(id_, str) and id_}
