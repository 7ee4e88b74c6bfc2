from __future__ import annotations

import errno
import json
import threading
from collections.abc import Mapping

import pytest

from tests.store.disk_support import BrokenDisk
from tests.store.test_lock import held_by_another
from tui.store import endpoint_memory
from tui.store.endpoint_memory import CHECKS_PER_ENDPOINT, EndpointMemory
from tui.store.lock import waiting_at_most
from tui.store.paths import Paths

URL = "http://localhost:8000/v1"


def put(memory: EndpointMemory, base_url: str, model: str, value: Mapping[str, object]) -> None:
    memory.learn_json(base_url, model, value)
    memory.write()


def test_what_was_learnt_is_there_in_the_next_run(paths: Paths) -> None:
    memory = EndpointMemory(paths)
    assert memory.get_json(URL, "m") is None
    put(memory, URL, "m", {"dropped": ["stream_options"]})
    put(memory, URL, "n", {"x": 1})
    put(memory, URL, "n", {})
    assert EndpointMemory(paths).get_json(URL, "m") == {"dropped": ["stream_options"]}
    assert EndpointMemory(paths).get_json(URL, "n") is None
    assert paths.endpoints_file.stat().st_mode & 0o777 == 0o600


def test_what_another_process_learnt_is_read_again_and_nothing_of_ones_own_is_lost(paths: Paths) -> None:
    memory = EndpointMemory(paths)
    memory.learn_json(URL, "own", {"x": 1})
    put(EndpointMemory(paths), URL, "other", {"x": 2})
    assert memory.get_json(URL, "other") is None
    memory.reload()
    assert memory.get_json(URL, "other") == {"x": 2}
    assert memory.get_json(URL, "own") == {"x": 1}


def test_the_last_checks_are_kept(paths: Paths) -> None:
    memory = EndpointMemory(paths)
    for number in range(CHECKS_PER_ENDPOINT + 5):
        memory.add_checks([(URL, {"ok": True, "number": number})])
    kept = EndpointMemory(paths).checks(URL)
    assert [check["number"] for check in kept] == list(range(5, CHECKS_PER_ENDPOINT + 5))
    assert memory.checks("http://other") == []


def test_the_memory_is_bounded_and_forgets_the_oldest(paths: Paths, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(endpoint_memory, "ADAPTATION_LIMIT", 3)
    monkeypatch.setattr(endpoint_memory, "ENDPOINT_LIMIT", 2)
    memory = EndpointMemory(paths)
    for number in range(5):
        put(memory, URL, str(number), {"x": 1})
        memory.add_checks([(str(number), {"ok": True})])
    put(memory, URL, "2", {"x": 2})
    put(memory, URL, "5", {"x": 1})
    known = {name for name in "012345" if memory.get_json(URL, name)}
    assert known == {"4", "2", "5"}
    assert [number for number in "01234" if memory.checks(number)] == ["3", "4"]


def test_sessions_add_to_each_others_memory(paths: Paths) -> None:
    memories = [EndpointMemory(paths) for _ in range(4)]
    threads = [
        threading.Thread(target=put, args=(memory, URL, str(number), {"x": number}))
        for number, memory in enumerate(memories)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(EndpointMemory(paths).get_json(URL, str(number)) for number in range(4))


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EROFS, errno.EACCES, errno.ENOLCK, errno.ESTALE])
def test_a_disk_that_refuses_costs_only_the_next_run(
    paths: Paths, broken_disk: BrokenDisk, number: int
) -> None:
    memory = EndpointMemory(paths)
    broken_disk.refuse(number)
    put(memory, URL, "m", {"x": 1})
    memory.add_checks([(URL, {"ok": False})])
    assert memory.get_json(URL, "m") == {"x": 1}
    assert memory.checks(URL) == [{"ok": False}]


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"\xff", b"[" * 100_000])
def test_a_broken_file_is_kept_aside(paths: Paths, content: bytes) -> None:
    paths.state_dir.mkdir(parents=True)
    paths.endpoints_file.write_bytes(content)
    memory = EndpointMemory(paths)
    assert memory.get_json(URL, "m") is None
    put(memory, URL, "m", {"x": 1})
    assert EndpointMemory(paths).get_json(URL, "m") == {"x": 1}
    assert [copy.read_bytes() for copy in paths.state_dir.glob("*.corrupt-*")] == (
        [content] if content else []
    )


def test_a_newer_file_is_not_written(paths: Paths) -> None:
    paths.state_dir.mkdir(parents=True)
    text = json.dumps({"schema": 9, "adaptations": {f"{URL} m": {"x": 1}}, "checks": 3})
    paths.endpoints_file.write_text(text)
    memory = EndpointMemory(paths)
    assert memory.get_json(URL, "m") == {"x": 1}
    assert memory.checks(URL) == []
    put(memory, URL, "m", {"x": 2})
    assert memory.get_json(URL, "m") == {"x": 2}
    assert paths.endpoints_file.read_text() == text


def test_what_a_held_file_did_not_take_is_known_at_once_and_written_with_the_next_change(
    paths: Paths,
) -> None:
    memory = EndpointMemory(paths)
    with held_by_another(paths.endpoints_file):
        memory.learn_json(URL, "m", {"x": 1})
        assert memory.get_json(URL, "m") == {"x": 1}
        with waiting_at_most(0):
            memory.write()
        assert EndpointMemory(paths).get_json(URL, "m") is None
    put(EndpointMemory(paths), URL, "other", {"x": 2})
    put(memory, URL, "n", {"x": 3})
    kept = EndpointMemory(paths)
    for known in (memory, kept):
        assert [known.get_json(URL, name) for name in ("m", "other", "n")] == [{"x": 1}, {"x": 2}, {"x": 3}]


def test_reading_does_not_wait_for_a_writer_that_waits(paths: Paths) -> None:
    memory = EndpointMemory(paths)
    memory.learn_json(URL, "m", {"x": 1})
    with held_by_another(paths.endpoints_file):
        writer = threading.Thread(target=memory.write)
        writer.start()
        assert memory.get_json(URL, "m") == {"x": 1}
        assert memory.checks(URL) == []
        memory.learn_json(URL, "n", {"x": 2})
        assert writer.is_alive(), "the writer waits for the other process all the while"
    writer.join()
    assert EndpointMemory(paths).get_json(URL, "m") == {"x": 1}
