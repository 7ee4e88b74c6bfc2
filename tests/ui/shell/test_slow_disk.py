"""Changes of providers on a slow disk: two keys in a row, a change of focus, a held lock."""

from __future__ import annotations

import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import replace
from functools import partial
from typing import Any

import pytest
from textual import events
from textual.pilot import Pilot
from textual.widgets import Input

from tests.ui.fake_runtime import FakeRuntime, ListedStore, failure
from tui.core.failure import LmdeckError
from tui.core.provider import Provider
from tui.ui.app import LmdeckApp
from tui.ui.providers.form_screen import ProviderFormScreen
from tui.ui.providers.screen import ProvidersScreen

Until = Callable[..., Awaitable[None]]


class Disk:
    """Blocks every write until released; a blocked write has begun."""

    def __init__(self, store: ListedStore) -> None:
        self.may_write = threading.Event()
        self.may_write.set()
        self.begun = 0
        self._save = store.save

    def save(
        self,
        provider: Provider,
        previous_name: str | None = None,
        cleared: Collection[str] = (),
        base: Provider | None = None,
    ) -> Provider:
        self.begun += 1
        assert self.may_write.wait(20)
        return self._save(provider, previous_name, cleared, base)

    @contextmanager
    def held(self) -> Iterator[None]:
        self.may_write.clear()
        try:
            yield
        finally:
            self.may_write.set()


@pytest.fixture
def disk(runtime: FakeRuntime, monkeypatch: pytest.MonkeyPatch) -> Disk:
    found = Disk(runtime.store)
    monkeypatch.setattr(runtime.store, "save", found.save)
    return found


@asynccontextmanager
async def form(runtime: FakeRuntime) -> AsyncIterator[Pilot[Any]]:
    app = LmdeckApp(runtime, environment={})
    async with app.run_test(size=(100, 30)) as pilot:
        await app.push_screen(ProviderFormScreen(runtime.directory.get("gpu01-vllm")))
        await pilot.pause()
        yield pilot


async def write(pilot: Pilot[Any], name: str, text: str) -> None:
    screen = pilot.app.screen
    assert isinstance(screen, ProviderFormScreen)
    editor = screen.row(name).editor
    assert isinstance(editor, Input)
    editor.focus()
    await pilot.press("end", "ctrl+u")
    editor.post_message(events.Paste(text))
    await pilot.pause()


def told(pilot: Pilot[Any]) -> list[str]:
    return [note.message for note in pilot.app._notifications if note.severity != "information"]


async def test_a_second_save_waits_for_the_first(runtime: FakeRuntime, disk: Disk, until: Until) -> None:
    async with form(runtime) as pilot:
        await write(pilot, "name", "renamed")
        with disk.held():
            pilot.app.post_message(events.Key("ctrl+s", None))
            await until(pilot, lambda: disk.begun == 1)
            pilot.app.post_message(events.Key("ctrl+s", None))
            pilot.app.post_message(events.Key("f2", None))
        await until(pilot, lambda: isinstance(pilot.app.screen, ProvidersScreen))
        assert told(pilot) == []
        names = [known.name for known in runtime.directory.providers()]
        assert "renamed" in names
        assert "gpu01-vllm" not in names


async def test_a_write_of_its_own_is_no_change_from_outside(
    runtime: FakeRuntime, disk: Disk, until: Until
) -> None:
    async with form(runtime) as pilot:
        await write(pilot, "display_name", "Other")
        stop = threading.Event()
        seen: list[bool] = []

        def is_named(name: str) -> bool:
            return runtime.directory.get("gpu01-vllm").display_name == name

        def look() -> None:
            while not stop.is_set():
                seen.append(runtime.store.has_changed())

        watcher = threading.Thread(target=look)
        watcher.start()
        try:
            for number in range(5):
                await write(pilot, "display_name", f"Other {number}")
                await pilot.press("ctrl+s")
                pilot.app.post_message(events.AppFocus())
                await until(pilot, partial(is_named, f"Other {number}"))
        finally:
            stop.set()
            watcher.join()
        assert seen
        assert not any(seen)
        assert told(pilot) == []


@pytest.mark.parametrize("is_given_up", [True, False])
async def test_of_two_changes_one_waits_and_the_other_is_refused(
    runtime: FakeRuntime, monkeypatch: pytest.MonkeyPatch, until: Until, *, is_given_up: bool
) -> None:
    is_free = threading.Event()
    busy = LmdeckError(failure("store-locked", title="In use by another.", advice="Wait."))
    tries: list[str] = []
    save = runtime.store.save

    def refused(
        provider: Provider,
        previous_name: str | None = None,
        cleared: Collection[str] = (),
        base: Provider | None = None,
    ) -> Provider:
        tries.append(provider.display_name)
        if not is_free.is_set():
            raise busy
        return save(provider, previous_name, cleared, base)

    monkeypatch.setattr(runtime.store, "save", refused)
    app = LmdeckApp(runtime, environment={})
    async with app.run_test(size=(100, 30)) as pilot:
        screen = app.screen
        assert isinstance(screen, ProvidersScreen)
        texts: list[str] = []
        monkeypatch.setattr(screen, "notify", lambda text, **_: texts.append(text))
        known = runtime.directory.get("gpu01-vllm")
        done: list[str] = []
        for name in ("first", "second"):
            changed = replace(known, display_name=name)
            screen.writes.write(
                lambda changed=changed: runtime.provider_changes.save(changed, None, changed.name),  # type: ignore[misc]
                lambda saved: done.append(saved.display_name),
            )
        await until(pilot, lambda: any("still waiting" in text for text in texts))
        if is_given_up:
            assert screen.writes.give_up()
        else:
            is_free.set()
        await until(pilot, lambda: not screen.writes.is_waiting)
        assert any("nothing was changed" in text for text in texts) is is_given_up
        assert done == ([] if is_given_up else ["first"])
        assert (runtime.directory.get("gpu01-vllm").display_name == "first") is not is_given_up
        assert "second" not in tries


async def test_the_keys_work_while_a_held_lock_is_tried(
    runtime: FakeRuntime, monkeypatch: pytest.MonkeyPatch, until: Until
) -> None:
    threads: set[int] = set()

    def refused(
        provider: Provider,
        previous_name: str | None = None,
        cleared: Collection[str] = (),
        base: Provider | None = None,
    ) -> Provider:
        threads.add(threading.get_ident())
        raise LmdeckError(failure("store-locked", title="In use by another.", advice="Wait."))

    monkeypatch.setattr(runtime.store, "save", refused)
    async with form(runtime) as pilot:
        await write(pilot, "display_name", "Other")
        await pilot.press("ctrl+s")
        screen = pilot.app.screen
        assert isinstance(screen, ProviderFormScreen)
        await until(pilot, lambda: threads and screen.writes.is_waiting)
        await pilot.pause(0.3)
        assert threading.get_ident() not in threads
