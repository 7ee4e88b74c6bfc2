"""The model picker: a search in all models of all providers, with the state of their servers."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual.content import Content
from textual.widgets import OptionList, Static

from tests.ui.fake_runtime import example_providers
from tui.core.api_key_reference import ApiKeyKind, ApiKeyReference
from tui.core.causes import explain
from tui.core.provider import Provider, State
from tui.runtime.builtin import Availability
from tui.ui.chat.pairs import Pair, Pairs
from tui.ui.chat.picker import ModelPicker
from tui.ui.providers.reach import Reach
from tui.ui.shell.found_list import MOST_SHOWN


@pytest.fixture
def models(runtime: Any) -> None:
    runtime.models["builtin:demo"] = ("demo-reasoner", "demo-plain", "bench-n2000")
    runtime.models["http://gpu01:8000/v1"] = explain("connection-refused", host="gpu01", port="8000")


async def open_picker(chat: Any) -> ModelPicker:
    chat.screen.action_pick()
    await chat.until(lambda: isinstance(chat.app.screen, ModelPicker))
    picker = chat.app.screen
    assert isinstance(picker, ModelPicker)
    await chat.until(lambda: listed(picker) and "asking" not in note(picker))
    return picker


def note(picker: ModelPicker) -> str:
    return str(picker.query_one("#models-note", Static).content)


def listed(picker: ModelPicker) -> list[str]:
    """The rows with their blanks folded."""
    options = [option for models in picker.query(OptionList) for option in models.options]
    return [" ".join(str(option.prompt).split()) for option in options]


def selected(picker: ModelPicker) -> str:
    return listed(picker)[picker.query_one("#models", OptionList).highlighted or 0]


async def test_only_active_models_that_can_be_used_are_offered(
    runtime: Any, models: None, open_chat: Any
) -> None:
    runtime.provider_changes.set_state("cloud", State.INACTIVE)
    runtime.built_ins.missing["smollm2"] = Availability(False)
    async with open_chat("demo") as chat:
        picker = await open_picker(chat)
        await chat.until(lambda: len(listed(picker)) == 4)
        assert not any("Infini" in row or "SmolLM2" in row for row in listed(picker))


async def test_every_model_has_its_state_and_its_price_and_the_current_one_is_selected(
    models: None, open_chat: Any
) -> None:
    async with open_chat("demo", size=(120, 40)) as chat:
        picker = await open_picker(chat)
        await chat.until(lambda: any("bench-n2000" in row for row in listed(picker)))
        rows = listed(picker)
        assert rows[0].startswith("Demo demo-reasoner ● ")
        assert selected(picker) == rows[0]
        assert any(row.startswith("★ SmolLM2") and row.endswith("● ready free") for row in rows)
        assert any(row.startswith("Qwen on gpu01 Qwen/Qwen3-8B ○ refused") for row in rows)
        assert any("0.00055 / 0.00219 USD" in row for row in rows)


async def test_a_model_that_its_server_does_not_offer_is_no_good_sign(
    runtime: Any, models: None, open_chat: Any
) -> None:
    runtime.models["http://gpu01:8000/v1"] = ("other-model",)
    async with open_chat("demo", size=(120, 40)) as chat:
        picker = await open_picker(chat)
        await chat.until(lambda: any("other-model" in row for row in listed(picker)))
        await chat.press(*"gpu01")
        await chat.until(lambda: any("Qwen/Qwen3-8B ✗ model gone" in row for row in listed(picker)))
        assert any("Qwen on gpu01 other-model ● " in row for row in listed(picker))
        options = picker.query_one("#models", OptionList).options
        gone = next(option.prompt for option in options if "model gone" in str(option.prompt))
        assert isinstance(gone, Content)
        assert Reach.UP.colour not in [str(span.style) for span in gone.spans]
        assert Reach.MODEL_GONE.colour in [str(span.style) for span in gone.spans]


async def test_one_is_found_by_parts_of_both_names_and_selected(models: None, open_chat: Any) -> None:
    async with open_chat("cloud") as chat:
        runtime = chat.runtime
        runtime.models["builtin:demo"] = ("demo-reasoner", "demo-plain")
        picker = await open_picker(chat)
        await chat.press(*"qw 8b")
        await chat.until(lambda: selected(picker).startswith("Qwen on gpu01 Qwen/Qwen3-8B"))
        await chat.press("enter")
        await chat.until(lambda: chat.screen.control.target.provider.name == "gpu01-vllm")
        assert chat.screen.control.target.model == ""
        assert "Qwen on gpu01 · Qwen/Qwen3-8B" in chat.header


async def test_a_model_that_is_not_listed_can_be_typed(models: None, open_chat: Any) -> None:
    async with open_chat("demo") as chat:
        picker = await open_picker(chat)
        await chat.press(*"other-model")
        await chat.until(lambda: listed(picker)[0].startswith("Demo other-model (as typed)"))
        await chat.press("enter")
        await chat.until(lambda: chat.screen.control.target.model_name == "other-model")
        await open_picker(chat)
        await chat.press(*"cloud my-own", "enter")
        await chat.until(lambda: chat.screen.control.target.provider.name == "cloud")
        assert chat.screen.control.target.model_name == "my-own"


async def test_a_server_that_does_not_answer_says_why_and_its_own_model_stays(
    models: None, open_chat: Any
) -> None:
    async with open_chat("gpu01-vllm") as chat:
        picker = await open_picker(chat)
        failure = chat.runtime.models["http://gpu01:8000/v1"]
        await chat.until(lambda: failure.title in note(picker))
        assert failure.advice in note(picker)
        assert selected(picker).startswith("Qwen on gpu01 Qwen/Qwen3-8B")


async def test_those_used_last_come_first(runtime: Any, models: None, open_chat: Any) -> None:
    from tests.ui.chat.test_chat_screen import saved_turn

    runtime.keep(saved_turn(provider="cloud", model="deepseek-r1"))
    async with open_chat("demo") as chat:
        picker = await open_picker(chat)
        await chat.until(lambda: any(row.startswith("Infini deepseek-r1") for row in listed(picker)[1:2]))


async def test_nothing_is_asked_that_runs_a_command_or_starts_an_engine(
    runtime: Any, models: None, open_chat: Any
) -> None:
    runtime.change("gpu01-vllm", api_key=ApiKeyReference(ApiKeyKind.COMMAND, "pass show gpu"))
    async with open_chat("cloud") as chat:
        picker = await open_picker(chat)
        await chat.until(lambda: chat.runtime.listed)
        await chat.press("down", "down", "up")
        await chat.pilot.pause()
        assert set(chat.runtime.listed) == {chat.screen.control.target.provider.provider_url}
        assert any("not checked" in row for row in listed(picker))


async def test_escape_chooses_nothing(models: None, open_chat: Any) -> None:
    async with open_chat("demo") as chat:
        await open_picker(chat)
        before = chat.screen.control.target
        await chat.press("down", "escape")
        await chat.until(lambda: chat.app.screen is chat.screen)
        assert chat.screen.control.target is before


async def test_a_click_on_a_row_uses_it(models: None, open_chat: Any) -> None:
    async with open_chat("demo") as chat:
        picker = await open_picker(chat)
        await chat.until(lambda: any("demo-plain" in row for row in listed(picker)))
        index = next(at for at, row in enumerate(listed(picker)) if "demo-plain" in row)
        await chat.pilot.click("#models", offset=(4, index))
        await chat.until(lambda: chat.screen.control.target.model_name == "demo-plain")


async def test_names_from_outside_are_text(runtime: Any, open_chat: Any) -> None:
    hostile = "[/]\x1b[2J[link='x"
    runtime.models["builtin:demo"] = (hostile,)
    runtime.store.write([replace(known, display_name=hostile) for known in example_providers()])
    async with open_chat("demo", size=(120, 40)) as chat:
        picker = await open_picker(chat)
        await chat.until(lambda: any(row.count("[/]␛[2J[link='x") == 2 for row in listed(picker)))


async def test_of_many_providers_and_models_a_few_are_listed_and_any_is_found(
    runtime: Any, open_chat: Any
) -> None:
    urls = {f"gpu{number:03}": f"http://gpu{number:03}:8000/v1" for number in range(200)}
    many = [Provider(name, model=f"own-{name}", provider_url=url) for name, url in urls.items()]
    runtime.store.write([*example_providers(), *many])
    runtime.models.update({url: [f"{name}-m{n}" for n in range(50)] for name, url in urls.items()})
    async with open_chat("demo") as chat:
        picker = await open_picker(chat)
        await chat.until(lambda: f"The first {MOST_SHOWN} of 10," in note(picker))
        assert len(listed(picker)) == MOST_SHOWN
        await chat.press(*"199 m49")
        await chat.until(lambda: selected(picker).startswith("gpu199 gpu199-m49"))


names = st.text("ab -/.", min_size=1, max_size=6)


@given(st.lists(names, min_size=1, max_size=4, unique=True), st.lists(names, max_size=4), names)
def test_what_is_found_has_the_letters_in_order_and_what_is_named_is_always_there(
    labels: list[str], models: list[str], typed: str
) -> None:
    providers = [Provider(f"p{at}", display_name=label, model="m") for at, label in enumerate(labels)]
    pairs = Pairs(providers, Pair(providers[0], "m"))
    pairs.offer(providers[0], models)
    everything = pairs.matching("")
    assert everything[0] == Pair(providers[0], "m")
    assert len(everything) == len({(pair.provider.name, pair.model) for pair in everything})
    for pair in pairs.matching(typed):
        text = f"{pair.provider.label}\n{pair.provider.name}\n{pair.model}".casefold()
        for word in typed.split():
            rest = iter(text)
            assert pair.is_typed or all(letter in rest for letter in word)
    for model in filter(str.strip, models):
        assert Pair(providers[0], model) in pairs.matching(model)
