"""What is learned about endpoints is known at once, and no event loop waits for its file."""

from __future__ import annotations

import asyncio
import time

from tests.store.test_lock import held_by_another
from tui.runtime.kept_quirks import KeptQuirks
from tui.store.endpoint_memory import EndpointMemory
from tui.store.paths import Paths, resolve_paths
from tui.wire.server_quirks import ServerQuirks

URL = "http://localhost:8000/v1"
LEARNED = ServerQuirks(dropped=frozenset({"stream_options"}))


def paths_in(home: object) -> Paths:
    return resolve_paths({"HOME": str(home), "XDG_STATE_HOME": f"{home}/state"})


async def test_the_loop_turns_while_another_process_holds_the_file(tmp_path: object) -> None:
    paths = paths_in(tmp_path)
    kept = KeptQuirks(EndpointMemory(paths))
    turns = 0

    async def turn() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    turning = asyncio.ensure_future(turn())
    with held_by_another(paths.endpoints_file):
        kept.put(URL, "m", LEARNED)
        assert kept.get(URL, "m") == LEARNED
        assert kept.get(URL, "other") is None
        before = turns
        started = time.monotonic()
        while turns < before + 10:
            await asyncio.sleep(0)
        assert time.monotonic() - started < 1, "ten turns, and not the two seconds of the lock"
    await kept.aclose()
    turning.cancel()
    assert KeptQuirks(EndpointMemory(paths)).get(URL, "m") == LEARNED


async def test_the_newest_of_many_is_kept(tmp_path: object) -> None:
    paths = paths_in(tmp_path)
    kept = KeptQuirks(EndpointMemory(paths))
    for number in range(20):
        kept.put(URL, "m", ServerQuirks(dropped=frozenset({f"p{number}"})))
    kept.put(URL, "m", LEARNED)
    await kept.aclose()
    assert KeptQuirks(EndpointMemory(paths)).get(URL, "m") == LEARNED
