"""The choice of provider and model."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from textual.widgets import OptionList, Static

from tests.ui.fake_runtime import example_providers
from tui.core.causes import explain
from tui.core.provider import State
from tui.runtime.builtin import Availability
from tui.ui.chat.picker import ModelPicker


@pytest.fixture
def models(runtime: Any) -> None:
    runtime.models["builtin:demo"] = ("demo-reasoner", "demo-plain", "bench-n2000")
    runtime.models["http://gpu01:8000/v1"] = explain("connection-refused", host="gpu01", port="8000")


async def open_picker(chat: Any) -> ModelPicker:
    await chat.press("f2")
    await chat.until(lambda: isinstance(chat.app.screen, ModelPicker))
    picker = chat.app.screen
    assert isinstance(picker, ModelPicker)
    await chat.until(lambda: "offers" in note(picker) or "…" not in note(picker))
    return picker


def note(picker: ModelPicker) -> str:
    return str(picker.query_one("#models-note", Static).content)


def listed(picker: ModelPicker, name: str) -> list[str]:
    return [str(option.prompt) for option in picker.query_one(f"#{name}", OptionList).options]


async def test_only_active_models_that_can_be_used_are_offered(
    runtime: Any, models: None, open_chat: Any
) -> None:
    runtime.directory.set_state("cloud", State.INACTIVE)
    runtime.built_ins.missing["smollm2"] = Availability(False)
    async with open_chat("demo") as chat:
        picker = await open_picker(chat)
        assert listed(picker, "providers") == ["Demo", "Qwen on gpu01"]


async def test_the_endpoints_own_list_is_offered_and_one_is_taken(models: None, open_chat: Any) -> None:
    async with open_chat("demo") as chat:
        picker = await open_picker(chat)
        await chat.until(lambda: len(listed(picker, "models")) == 3)
        assert listed(picker, "models")[0] == "demo-reasoner  its own"
        assert note(picker) == "The endpoint offers 3 models."
        await chat.press("down", "enter")
        await chat.until(lambda: chat.screen.control.target.model_name == "demo-plain")
        assert "Demo · demo-plain" in chat.header
        await chat.ask("hello")
        assert chat.runtime.requests[0][1].model == "demo-plain"


async def test_typing_finds_and_any_name_can_be_used(models: None, open_chat: Any) -> None:
    async with open_chat("demo") as chat:
        picker = await open_picker(chat)
        await chat.until(lambda: len(listed(picker, "models")) == 3)
        await chat.press(*"plain")
        assert listed(picker, "models") == ["demo-plain", "plain  as typed"]
        await chat.press("down", "enter")
        await chat.until(lambda: chat.screen.control.target.model_name == "plain")


async def test_another_provider_is_chosen_with_its_own_model(models: None, open_chat: Any) -> None:
    async with open_chat("demo") as chat:
        picker = await open_picker(chat)
        await chat.press("tab", "down", "down")
        await chat.until(lambda: listed(picker, "models") == ["deepseek-r1  its own"])
        await chat.press("enter", "enter")
        await chat.until(lambda: chat.screen.control.target.provider.name == "cloud")
        assert chat.screen.control.target.model == ""


async def test_an_endpoint_that_does_not_answer_says_why_and_its_own_model_stays(
    models: None, open_chat: Any
) -> None:
    async with open_chat("gpu01-vllm") as chat:
        picker = await open_picker(chat)
        failure = chat.runtime.models["http://gpu01:8000/v1"]
        await chat.until(lambda: failure.title in note(picker))
        assert failure.advice in note(picker)
        assert listed(picker, "models") == ["Qwen/Qwen3-8B  its own"]


async def test_escape_chooses_nothing(models: None, open_chat: Any) -> None:
    async with open_chat("demo") as chat:
        await open_picker(chat)
        before = chat.screen.control.target
        await chat.press("down", "escape")
        await chat.until(lambda: chat.app.screen is chat.screen)
        assert chat.screen.control.target is before


async def test_each_endpoint_is_asked_once_a_visit(models: None, open_chat: Any) -> None:
    async with open_chat("demo") as chat:
        await open_picker(chat)
        await chat.press("tab", "down", "up", "down", "up")
        await chat.pilot.pause()
        assert chat.runtime.listed.count("builtin:demo") == 1


async def test_names_from_outside_are_text(runtime: Any, open_chat: Any) -> None:
    hostile = "[/]\x1b[2J[link='x"
    runtime.models["builtin:demo"] = (hostile,)
    runtime.store.write([replace(known, display_name=hostile) for known in example_providers()])
    async with open_chat("demo") as chat:
        picker = await open_picker(chat)
        await chat.until(lambda: "[/]␛[2J[link='x" in listed(picker, "models"))
        assert "[/]␛[2J[link='x" in listed(picker, "providers")


async def test_of_thousands_of_models_a_few_are_listed_and_any_is_found(runtime: Any, open_chat: Any) -> None:
    names = tuple(f"model-{number:05}" for number in range(10_000))
    runtime.models["builtin:demo"] = names
    async with open_chat("demo") as chat:
        chat.screen.control.target = replace(chat.screen.control.target, model="model-09000")
        picker = await open_picker(chat)
        await chat.until(lambda: len(listed(picker, "models")) > 100)
        rows = listed(picker, "models")
        assert len(rows) <= 301
        assert rows[0] == "model-09000"
        assert note(picker).endswith("9,700 more match: type more of the name.")
        await chat.press(*"m-09")
        await chat.until(lambda: listed(picker, "models") == ["m-09  as typed"])
        await chat.press(*["backspace"] * 4, *"09123")
        await chat.until(lambda: listed(picker, "models")[0] == "model-09123")
        assert listed(picker, "models") == ["model-09123", "09123  as typed"]
