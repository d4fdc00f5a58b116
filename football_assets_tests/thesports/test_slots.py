"""The places for requests in flight: never more than there are, the most urgent first, none lost."""

from __future__ import annotations

import asyncio
import random

import pytest

from football_assets.thesports.slots import Slots


async def test_places_are_never_exceeded_and_none_is_lost() -> None:
    slots, dice = Slots(3), random.Random(1)
    held = most = 0

    async def user() -> None:
        nonlocal held, most
        async with slots.place(dice.randrange(3)):
            held += 1
            most = max(most, held)
            try:
                for _ in range(dice.randrange(4)):
                    await asyncio.sleep(0)
            finally:
                held -= 1

    users = [asyncio.create_task(user()) for _ in range(200)]
    for _ in range(20):
        await asyncio.sleep(0)
        dice.choice(users).cancel()
    await asyncio.gather(*users, return_exceptions=True)
    assert (held, most) == (0, 3)
    async with slots.place(), slots.place(), slots.place():
        pass


async def test_waiters_are_served_by_priority_then_in_their_order() -> None:
    slots = Slots(1)
    served: list[str] = []

    async def user(name: str, priority: int) -> None:
        async with slots.place(priority):
            served.append(name)
            await asyncio.sleep(0)

    async with slots.place():
        users = [
            asyncio.create_task(user(name, priority))
            for name, priority in [("late", 2), ("first", 0), ("second", 0), ("middle", 1)]
        ]
        await asyncio.sleep(0)
    await asyncio.gather(*users)
    assert served == ["first", "second", "middle", "late"]


async def test_cancelled_waiter_passes_its_turn_on() -> None:
    slots = Slots(1)
    place = slots.place()
    await place.__aenter__()
    waiter = asyncio.create_task(slots._acquire(0))
    await asyncio.sleep(0)
    await place.__aexit__(None, None, None)  # the turn is given, and taken away before it is used
    waiter.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiter
    await asyncio.wait_for(slots._acquire(0), 1)
