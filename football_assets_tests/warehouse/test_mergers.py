"""Chains of mergers are followed to their end."""

from __future__ import annotations

import pytest

from football_assets.warehouse.mergers import chain_ends


@pytest.mark.parametrize(
    ("steps", "ends"),
    [
        ({}, {}),
        ({"a": "b"}, {"a": "b"}),
        ({"a": "b", "b": "c"}, {"a": "c", "b": "c"}),
        ({"a": "a"}, {"a": "a"}),
        ({"c": "b", "b": "c"}, {"b": "b", "c": "b"}),
        ({"a": "c", "c": "d", "d": "c"}, {"a": "c", "c": "c", "d": "c"}),
    ],
)
def test_a_chain_ends_at_its_last_and_a_ring_at_its_smallest_id(
    steps: dict[str, str], ends: dict[str, str]
) -> None:
    assert chain_ends(steps) == ends
