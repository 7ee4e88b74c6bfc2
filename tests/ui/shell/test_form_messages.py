"""Messages of the provider form belong to the state that caused them; it is validated once per change."""

from __future__ import annotations

import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Collection
from contextlib import asynccontextmanager
from typing import Any

import pytest
from textual import events
from textual.pilot import Pilot
from textual.widgets import Input, Static

from tests.ui.fake_runtime import FakeRuntime, example_providers, failure
from tui.core.failure import LmdeckError
from tui.core.provider import Provider
from tui.runtime.form_control import FormControl
from tui.ui.app import LmdeckApp
from tui.ui.providers.form_judging import FormJudging
from tui.ui.providers.form_screen import ProviderFormScreen
from tui.ui.shell.binding_bar import BindingBar

Until = Callable[..., Awaitable[None]]
SITE = Provider("site", model="m", provider_url="http://site:8000/v1", is_remote=True)
BUSY = LmdeckError(failure("store-locked", title="In use by another lmdeck.", advice="Wait."))


@asynccontextmanager
async def form(runtime: FakeRuntime, name: str = "gpu01-vllm") -> AsyncIterator[Pilot[Any]]:
    app = LmdeckApp(runtime, environment={})
    async with app.run_test(size=(100, 30), notifications=True) as pilot:
        await app.push_screen(ProviderFormScreen(runtime.directory.get(name)))
        await pilot.pause()
        yield pilot


def form_of(pilot: Pilot[Any]) -> ProviderFormScreen:
    assert isinstance(pilot.app.screen, ProviderFormScreen)
    return pilot.app.screen


def banner(pilot: Pilot[Any]) -> str:
    widget = form_of(pilot).query_one("#form-banner", Static)
    return str(widget.visual) if widget.display else ""


def note(pilot: Pilot[Any], name: str) -> str:
    widget = form_of(pilot).row(name).query_one(".form-note", Static)
    return str(widget.visual) if widget.display else ""


async def write(pilot: Pilot[Any], name: str, text: str) -> None:
    field = form_of(pilot).row(name).editor
    assert isinstance(field, Input)
    field.focus()
    await pilot.press("end", "ctrl+u")
    field.post_message(events.Paste(text))
    await pilot.pause()


class Held:
    """A store that another process holds until released."""

    def __init__(self, runtime: FakeRuntime, monkeypatch: pytest.MonkeyPatch) -> None:
        self.is_free = threading.Event()
        save = runtime.store.save

        def held(
            provider: Provider,
            previous_name: str | None = None,
            cleared: Collection[str] = (),
            base: Provider | None = None,
        ) -> Provider:
            if not self.is_free.is_set():
                raise BUSY
            return save(provider, previous_name, cleared, base)

        monkeypatch.setattr(runtime.store, "save", held)


async def test_a_refused_save_is_said_until_the_values_change(runtime: FakeRuntime, until: Until) -> None:
    async with form(runtime) as pilot:
        await write(pilot, "display_name", "Other")
        runtime.store.save_error = failure("store-full", title="The disk is full.", advice="Make room.")
        await pilot.press("ctrl+s")
        await until(pilot, lambda: "The disk is full." in banner(pilot))
        await pilot.press("tab", "tab")
        assert "The disk is full." in banner(pilot), "nothing has changed"
        await write(pilot, "display_name", "Another")
        await until(pilot, lambda: banner(pilot) == "")
        await pilot.press("ctrl+s")
        await until(pilot, lambda: "The disk is full." in banner(pilot))
        runtime.store.save_error = None
        await pilot.press("ctrl+s")
        await until(pilot, lambda: runtime.directory.get("gpu01-vllm").display_name == "Another")
        await until(pilot, lambda: banner(pilot) == "")


@pytest.mark.parametrize("is_given_up", [True, False])
async def test_that_a_save_waits_is_said_as_long_as_it_waits(
    runtime: FakeRuntime, until: Until, monkeypatch: pytest.MonkeyPatch, is_given_up: bool
) -> None:
    held = Held(runtime, monkeypatch)
    async with form(runtime) as pilot:
        await write(pilot, "display_name", "Other")
        await pilot.press("ctrl+s")
        await until(pilot, lambda: "Your change waits for it." in banner(pilot))
        await pilot.press("x", "y")
        assert "Your change waits for it." in banner(pilot), "it waits all the same"
        if is_given_up:
            await pilot.press("escape")
        else:
            held.is_free.set()
        await until(pilot, lambda: banner(pilot) == "")
        name = runtime.directory.get("gpu01-vllm").display_name
        assert name == ("Qwen on gpu01" if is_given_up else "Other")


async def test_what_a_save_reports_stays_though_the_key_is_shown_by_its_reference(
    runtime: FakeRuntime, until: Until, monkeypatch: pytest.MonkeyPatch
) -> None:
    save = runtime.provider_changes.save

    def saved(*given: Any, **named: Any) -> Provider:
        found = save(*given, **named)
        runtime.store.notices = ("A file was set aside.",)
        runtime.directory.reload()
        return found

    monkeypatch.setattr(runtime.provider_changes, "save", saved)
    async with form(runtime) as pilot:
        await write(pilot, "api_key", "sk-typed-by-hand-0123456789")
        await pilot.press("ctrl+s")
        await until(pilot, lambda: "A file was set aside." in banner(pilot))
        await until(pilot, lambda: form_of(pilot).row("api_key").value == "stored")
        await pilot.pause()
        assert "A file was set aside." in banner(pilot)


async def test_why_nothing_can_be_changed_is_said_whatever_else_is(until: Until) -> None:
    async with form(FakeRuntime([*example_providers(), SITE]), "site") as pilot:
        assert "site is from a site-wide file" in banner(pilot)
        form_of(pilot).tell("Something else went wrong.", "warning")
        assert "site is from a site-wide file" in banner(pilot)
        assert "Something else went wrong." in banner(pilot)
        form_of(pilot).end_told()
        assert "site is from a site-wide file" in banner(pilot)
        assert "Something else" not in banner(pilot)
        assert " Close " in str(pilot.app.screen.query_one(BindingBar).render())
        assert " Cancel " not in str(pilot.app.screen.query_one(BindingBar).render())


async def test_a_form_that_can_be_changed_is_cancelled(runtime: FakeRuntime) -> None:
    async with form(runtime) as pilot:
        assert " Cancel " in str(pilot.app.screen.query_one(BindingBar).render())


async def test_that_a_key_is_not_copied_is_said_at_its_field_until_it_is_left(
    runtime: FakeRuntime, until: Until
) -> None:
    async with form(runtime) as pilot:
        await write(pilot, "api_key", "sk-typed-by-hand-0123456789")
        await pilot.press("shift+home", "ctrl+c")
        await until(pilot, lambda: "can't be copied from here" in note(pilot, "api_key"))
        assert banner(pilot) == ""
        await pilot.press("tab")
        await until(pilot, lambda: "can't be copied" not in note(pilot, "api_key"))


@pytest.mark.parametrize("name", ["display_name", "compatible_provider", "api_key", "provider_url"])
async def test_a_key_press_is_judged_once(
    runtime: FakeRuntime, until: Until, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    runtime.models["http://gpu01:8000/v1"] = ["Qwen/Qwen3-8B", "x"]
    counted: list[str] = []
    judge, read = FormJudging.judge, FormControl._read
    async with form(runtime) as pilot:
        await until(pilot, lambda: form_of(pilot)._control.server.seen is not None)
        form_of(pilot).row(name).editor.focus()
        await pilot.press("end", "x")
        await pilot.pause(0.6)

        def judged(judging: FormJudging) -> None:
            counted.append("shown")
            judge(judging)

        def was_read(control: FormControl, *given: Any, **named: Any) -> Any:
            counted.append("read")
            return read(control, *given, **named)

        monkeypatch.setattr(FormJudging, "judge", judged)
        monkeypatch.setattr(FormControl, "_read", was_read)
        await pilot.press("x")
        assert sorted(counted) == ["read", "shown"]


async def test_asking_what_would_be_lost_changes_nothing(runtime: FakeRuntime) -> None:
    async with form(runtime) as pilot:
        screen = form_of(pilot)
        before = dict(screen._control.values)
        screen.row("display_name").value = "typed this moment"
        assert screen.has_changes
        assert screen._control.values == before
