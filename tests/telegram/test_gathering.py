"""One write for many: each is written once, nobody goes on before theirs is, and a failure is everybody's."""

from __future__ import annotations

import anyio
import pytest

from bot.channels.telegram.gathering import Gathering


def test_those_who_come_while_a_write_is_under_way_share_the_next() -> None:
    async def main() -> list[tuple[str, ...]]:
        written: list[tuple[str, ...]] = []
        begun, go_on = anyio.Event(), anyio.Event()

        async def write(keys: tuple[str, ...]) -> None:
            begun.set()
            await go_on.wait()
            written.append(keys)

        async def put(key: str) -> None:
            await gathering.put(key)
            assert any(key in keys for keys in written)

        gathering = Gathering(write)
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(put, "first")
            await begun.wait()
            for key in ("second", "third", "fourth"):
                tasks.start_soon(put, key)
            await anyio.wait_all_tasks_blocked()
            go_on.set()
        return written

    assert anyio.run(main) == [("first",), ("second", "third", "fourth")]


def test_a_write_that_fails_is_told_to_all_who_shared_it_and_the_next_is_tried() -> None:
    async def main() -> None:
        troubles = [OSError("the disk is full")]

        async def write(_keys: tuple[str, ...]) -> None:
            await anyio.lowlevel.checkpoint()
            if troubles:
                raise troubles.pop()

        async def put(key: str) -> None:
            with pytest.raises(OSError, match="full"):
                await gathering.put(key)

        gathering = Gathering(write)
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(put, "first")
            tasks.start_soon(put, "with the first")
        await gathering.put("later")

    anyio.run(main)
