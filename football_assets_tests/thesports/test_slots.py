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

    async def user() -> None:
        async with slots.place():
            pass

    place = slots.place()
    await place.__aenter__()
    waiter = asyncio.create_task(user())
    await asyncio.sleep(0)
    await place.__aexit__(None, None, None)  # the turn is given, and taken away before it is used
    waiter.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiter
    await asyncio.wait_for(user(), 1)


async def test_sizes_together_are_never_exceeded() -> None:
    slots, dice = Slots(10), random.Random(1)
    held = most = 0

    async def user(size: int) -> None:
        nonlocal held, most
        async with slots.place(dice.randrange(3), size):
            held += size
            most = max(most, held)
            try:
                await asyncio.sleep(0)
            finally:
                held -= size

    users = [asyncio.create_task(user(dice.randrange(1, 6))) for _ in range(200)]
    for _ in range(20):
        await asyncio.sleep(0)
        dice.choice(users).cancel()
    await asyncio.gather(*users, return_exceptions=True)
    assert held == 0
    assert 8 <= most <= 10
    async with slots.place(size=10):
        pass


async def test_size_beyond_all_places_takes_all() -> None:
    slots = Slots(3)
    async with slots.place(size=100):
        second = asyncio.create_task(slots.place().__aenter__())
        await asyncio.sleep(0)
        assert not second.done()
    await asyncio.wait_for(second, 1)


async def test_large_waiter_that_gives_up_lets_smaller_ones_pass() -> None:
    slots = Slots(3)
    async with slots.place(size=2):
        large = asyncio.create_task(slots.place(size=3).__aenter__())
        await asyncio.sleep(0)
        small = asyncio.create_task(slots.place(size=1).__aenter__())
        await asyncio.sleep(0)
        assert not small.done()
        large.cancel()
        await asyncio.wait_for(small, 1)
