"""A state of the page as it was drawn: blocks of HTML, each with what it shows, and what changed between two.
So nothing is drawn, sent or shown anew where nothing has changed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any

from markupsafe import Markup

from football_assets.scoreboard.markup import html
from football_assets.scoreboard.views.base import View


@dataclass(frozen=True)
class Part:
    """What a block shows. `key` tells it from the page's others, and is part of an attribute."""

    key: str
    views: Sequence[View]


@dataclass(frozen=True)
class Content:
    """What a state of the page shows: its title, its head, and its parts in their order."""

    title: str
    header: View
    parts: Sequence[Part]


@dataclass(frozen=True)
class Block:
    """A part with its HTML."""

    part: Part
    html: Markup

    @property
    def key(self) -> str:
        """The part's key."""
        return self.part.key


@dataclass(frozen=True)
class Page:
    """A drawn state. `version` is the same for two that show the same."""

    title: str
    header: Block
    blocks: tuple[Block, ...]
    version: str


def drawn(content: Content, former: Page | None = None) -> Page:
    """Draw what the content shows; blocks that show the same as those of the former page are taken over."""
    known = {block.key: block for block in (former.header, *former.blocks)} if former else {}
    header = _block(Part("head", [content.header]), known)
    blocks = tuple(_block(part, known) for part in content.parts)
    return Page(content.title, header, blocks, _version(content.title, (header, *blocks)))


def patch(old: Page | None, new: Page) -> dict[str, Any] | None:
    """What makes of the old page the new one, None where nothing does: `version`, `title`, `blocks` (key ->
    HTML) and, where they are others or stand otherwise, the keys of all in their `order`."""
    if old is not None and old.version == new.version:
        return None
    known = {block.key: block.html for block in old.blocks} if old else {}
    changed = {block.key: block.html for block in new.blocks if known.get(block.key) != block.html}
    told: dict[str, Any] = {"version": new.version, "title": new.title, "blocks": changed}
    if old is None or old.header.html != new.header.html:
        told["header"] = new.header.html
    order = [block.key for block in new.blocks]
    if old is None or order != [block.key for block in old.blocks]:
        told["order"] = order
    return told


def _block(part: Part, known: dict[str, Block]) -> Block:
    former = known.get(part.key)
    if former is not None and former.part.views == part.views:
        return former
    return Block(part, Markup(html(*part.views)))  # noqa: S704 - made by the templates, which escape


def _version(title: str, blocks: Iterable[Block]) -> str:
    digest = blake2b(title.encode("utf-8", "replace"), digest_size=9)
    for block in blocks:
        digest.update(f"\0{block.key}\0{block.html}".encode("utf-8", "replace"))
    return digest.hexdigest()
