"""The provider form without a screen: problems, offers, requests and saving."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.support.fault_server import FaultServer
from tests.support.real_deck import RealDeck, bodies, replying
from tui.core.api_key_reference import STORED, parse_api_key_reference
from tui.core.provider import Provider, TlsSettings
from tui.core.provider_texts import row_of
from tui.core.turn import Turn
from tui.net.reachability import Reachability
from tui.runtime.form_control import FormControl
from tui.runtime.runtime import Runtime, open_runtime
from tui.store.providers import ProviderStore


@pytest.fixture
def server() -> FaultServer:
    return FaultServer(replying("an answer"))


@pytest.fixture
async def runtime(tmp_path: Path, server: FaultServer) -> AsyncIterator[Runtime]:
    deck = RealDeck(tmp_path)
    with server:
        deck.provider(server.base_url, is_default=True)
        runtime = open_runtime(deck.environment)
        yield runtime
        await runtime.aclose()


def stored(runtime: Runtime) -> FormControl:
    return FormControl(runtime, runtime.directory.get("main"))


def test_a_form_that_nobody_touched_has_nothing_to_lose_and_says_nothing(runtime: Runtime) -> None:
    form = stored(runtime)
    form.touch_stored()
    assert (form.title, form.has_changes, form.touched) == ("main", False, set())
    form.values["display_name"] = "Another"
    assert form.has_changes
    form.values["display_name"] = form.baseline["display_name"]
    assert not form.has_changes


def test_a_new_record_is_judged_as_it_is_filled_in(runtime: Runtime) -> None:
    form = FormControl(runtime, None)
    form.touch_stored()
    assert form.title == "new provider"
    assert form.touched == set()
    form.values["name"] = "bad name"
    form.touch_changed("name")
    assert form.touched == {"name"}
    problem = form.unsavable()
    assert problem is not None and row_of(problem) == "name"
    assert "provider_url" in form.touched, "saving has everything said"


def test_the_repair_of_the_focused_field_comes_first_and_only_of_touched_ones(runtime: Runtime) -> None:
    form = stored(runtime)
    form.values |= {"name": "my server", "provider_url": "localhost:8000/v1/chat/completions"}
    assert form.repair(form.reading(), "name") is None
    form.touch_changed("name")
    form.touch_changed("provider_url")
    offered = {name: form.repair(form.reading(), name) for name in ("name", "provider_url")}
    assert {name: row_of(problem) for name, problem in offered.items() if problem is not None} == {
        "name": "name",
        "provider_url": "provider_url",
    }
    for name, problem in offered.items():
        assert problem is not None and problem.repair is not None
        form.values[name] = problem.repair
    assert form.unsavable() is None


def test_a_yes_to_an_unencrypted_key_holds_for_that_host_alone(runtime: Runtime) -> None:
    form = stored(runtime)
    form.values |= {"provider_url": "http://gpu.example/v1", "api_key": "sk-typed-by-hand-0123456789"}
    assert form.key_question()
    form.allow_key()
    assert form.key_question() is None
    form.values["provider_url"] = "http://other.example/v1"
    assert form.key_question(), "another host is asked about anew"
    form.values["provider_url"] = "http://gpu.example/v1"
    assert form.key_question() is None


def test_the_consent_is_saved_with_the_provider_and_read_again(runtime: Runtime) -> None:
    form = stored(runtime)
    form.values |= {"provider_url": "http://gpu.example/v1", "api_key": "sk-typed-by-hand-0123456789"}
    form.allow_key()
    form.saved(form.to_save()())
    again = stored(runtime)
    assert again.key_question() is None
    again.values["provider_url"] = "http://other.example/v1"
    assert again.key_question()


async def test_values_that_were_not_saved_are_tested(runtime: Runtime, server: FaultServer) -> None:
    form = stored(runtime)
    form.values |= {"compatible_provider": "another-model", "test_prompt": "Say something"}
    assert form.unsendable() is None
    found = await form.test(lambda _: None)
    assert isinstance(found, Turn)
    assert found.answer.text == "an answer"
    (body,) = bodies(server)
    assert (body["model"], body["messages"][-1]["content"]) == ("another-model", "Say something")
    assert runtime.directory.get("main").model != "another-model"


def test_what_cannot_be_sent_is_named(runtime: Runtime) -> None:
    form = stored(runtime)
    form.values |= {"name": "bad name", "provider_url": ""}
    problem = form.unsendable()
    assert problem is not None and row_of(problem) == "provider_url", "a bad name sends all the same"


def test_a_typed_key_is_saved_by_its_reference_and_what_was_typed_meanwhile_stays(runtime: Runtime) -> None:
    form = stored(runtime)
    form.values["api_key"] = "sk-typed-by-hand-0123456789"
    save = form.to_save()
    form.values["display_name"] = "typed while it waited"
    form.saved(save())
    assert form.baseline["api_key"] == "stored"
    assert form.saved_name == "main"
    assert form.has_changes
    assert runtime.directory.get("main").display_name == ""
    assert "is stored" in form.key_note


def test_renaming_moves_the_record(runtime: Runtime) -> None:
    form = stored(runtime)
    form.values["name"] = "renamed"
    form.saved(form.to_save()())
    assert [provider.name for provider in runtime.directory.providers() if not provider.is_remote] == [
        "renamed"
    ]
    assert form.title == "renamed"


def test_a_copy_has_a_name_of_its_own_and_not_the_stored_key(runtime: Runtime) -> None:
    form = stored(runtime)
    form.values["api_key"] = "sk-typed-by-hand-0123456789"
    form.saved(form.to_save()())
    copy = FormControl(runtime, runtime.directory.get("main"), is_clone=True)
    assert (copy.values["name"], copy.values["api_key"]) == ("main-copy", "")
    assert copy.title == "copy of main"
    assert "not copied" in copy.key_note
    copy.saved(copy.to_save()())
    assert copy.title == "main-copy"
    assert copy.key_note == ""
    assert {"main", "main-copy"} <= {provider.name for provider in runtime.directory.providers()}


def test_a_site_wide_provider_is_only_shown_and_its_copy_is_not(runtime: Runtime) -> None:
    site = Provider("site", provider_url="http://127.0.0.1:9/v1", is_remote=True)
    form = FormControl(runtime, site)
    assert form.is_view_only
    assert form.values["is_remote"] == "yes"
    assert not form.has_changes
    copy = FormControl(runtime, site, is_clone=True)
    assert not copy.is_view_only
    assert (copy.values["provider_url"], copy.values["is_remote"]) == ("http://127.0.0.1:9/v1", "no")


def test_what_was_found_is_new_until_it_is_saved(runtime: Runtime) -> None:
    form = FormControl(runtime, Provider("found", provider_url="http://127.0.0.1:9/v1"), is_prefilled=True)
    assert form.title == "new provider"
    assert form.values["provider_url"] == "http://127.0.0.1:9/v1"
    form.values["compatible_provider"] = "m"
    assert form.unsavable() is None
    form.saved(form.to_save()())
    assert form.title == "found"


def test_the_text_of_the_test_follows_the_category_where_nobody_wrote_one(runtime: Runtime) -> None:
    form = stored(runtime)
    form.values["category"] = "Embedding"
    assert form.follow_category() != form.values["test_prompt"]
    form.values["test_prompt"] = "my own"
    assert form.follow_category() == "my own"


def test_a_price_in_a_row_that_is_hidden_stays_as_it_was(runtime: Runtime) -> None:
    form = stored(runtime)
    form.values["output_price"] = "2"
    form.saved(form.to_save()())
    form.values |= {"category": "Embedding", "output_price": "no price"}
    assert form.unsavable() is None
    form.saved(form.to_save()())
    assert runtime.directory.get(form.original.name).output_price == 2


def test_an_endpoint_is_asked_for_its_models_once_until_it_is_another(runtime: Runtime) -> None:
    form = stored(runtime)
    first = form.server.address_to_ask(with_key=True)
    assert first is not None and first.endswith("/models")
    assert form.server.address_to_ask(with_key=True) is None
    assert form.server.is_decided_by("api_key") and not form.server.is_decided_by("name")
    form.values["provider_url"] = "http://127.0.0.1:9/v1"
    form.server.forget()
    assert form.server.address_to_ask(with_key=True) == "http://127.0.0.1:9/v1/models"


def test_after_a_question_without_the_key_one_with_it_follows_only_where_there_is_a_key(
    runtime: Runtime,
) -> None:
    form = stored(runtime)
    assert form.server.address_to_ask(with_key=False) is not None
    assert form.server.address_to_ask(with_key=False) is None
    assert form.server.address_to_ask(with_key=True) is None, "without a key it would be the same question"
    form.values["api_key"] = "sk-typed-by-hand-0123456789"
    assert form.server.address_to_ask(with_key=True) is not None
    assert form.server.address_to_ask(with_key=False) is None, "more is known already"


async def test_no_key_and_no_header_is_sent_to_a_host_that_is_still_typed(
    runtime: Runtime, server: FaultServer
) -> None:
    form = stored(runtime)
    form.values |= {"api_key": "sk-typed-by-hand-0123456789", "extra_headers": "X-Secret: sk-header-4711"}
    form.server.address_to_ask(with_key=False)
    await form.server.look(with_key=False)
    assert server.requests
    assert not any(b"sk-" in request for request in server.requests)
    form.server.address_to_ask(with_key=True)
    await form.server.look(with_key=True)
    listed = [request for request in server.requests if b"sk-typed-by-hand" in request]
    assert len(listed) == 1
    assert b"/models" in listed[0] and b"sk-header-4711" in listed[0]


def test_a_model_that_the_endpoint_does_not_list_is_a_warning(runtime: Runtime) -> None:
    form = stored(runtime)
    form.server.seen = Reachability(True, models=("one", "two", "three", "four"))
    (problem,) = form.reading().problems
    assert (row_of(problem), problem.is_error) == ("compatible_provider", False)
    assert "one, two, three, …" in problem.message
    form.values["compatible_provider"] = "two"
    assert form.reading().problems == ()


def test_the_only_model_of_a_server_is_offered_at_once(runtime: Runtime) -> None:
    form = FormControl(runtime, None)
    form.values["provider_url"] = "http://127.0.0.1:9/v1"
    assert list(form.shown_at(form.reading(), "compatible_provider")) == []
    form.server.seen = Reachability(True, models=("only-one",))
    (offer,) = form.shown_at(form.reading(), "compatible_provider")
    assert (offer.repair, offer.is_error, offer.message) == ("only-one", False, "The server offers only-one.")
    assert form.repair(form.reading(), None) == offer
    form.server.seen = Reachability(True, models=("one", "two"))
    assert list(form.shown_at(form.reading(), "compatible_provider")) == []


def test_the_context_is_that_of_the_model_else_that_of_the_server(runtime: Runtime) -> None:
    form = stored(runtime)
    found = [form.server.context_window]
    form.server.seen = Reachability(True, models=("m", "n"), context_windows={"m": 4096, "": 32768})
    found.append(form.server.context_window)
    form.values["compatible_provider"] = "n"
    assert [*found, form.server.context_window] == [None, 4096, 32768]


async def test_a_form_that_stays_open_takes_back_nobodys_changes(runtime: Runtime) -> None:
    main = runtime.directory.get("main")
    runtime.provider_changes.save(replace(main, extra_headers={"X-Team": "red"}), None, "main")
    form = stored(runtime)
    other = ProviderStore(runtime.paths)
    (theirs,) = other.load().providers
    pinned = TlsSettings(pinned_sha256="ab" * 32)
    other.save(replace(theirs, system_prompt="be brief", tls=pinned, extra_headers={"X-Cost": "42"}))
    runtime.directory.reload()  # what the list does behind the form
    for name in ("My A", "My own A"):
        form.values["display_name"] = name
        assert form.unsavable() is None
        save = form.to_save()
        form.values["compatible_provider"] = "typed-meanwhile"
        form.saved(save())
        (got,) = ProviderStore(runtime.paths).load().providers
        assert (got.display_name, got.system_prompt, got.tls) == (name, "be brief", pinned)
        assert got.extra_headers == {"X-Cost": "42"}
        assert got.model == theirs.model
        assert form.values["system_prompt"] == "be brief", "what is shown is what was written"
        assert form.has_changes
        form.values["compatible_provider"] = theirs.model
        assert not form.has_changes


async def test_a_form_with_an_old_key_keeps_the_one_that_another_session_stored(runtime: Runtime) -> None:
    by_variable = parse_api_key_reference("env:A_KEY")
    runtime.provider_changes.save(replace(runtime.directory.get("main"), api_key=by_variable), None, "main")
    form = stored(runtime)
    other = open_runtime(dict(runtime.environment))
    other.provider_changes.save(other.directory.get("main"), "sk-0123456789abcdef-other", "main")
    await other.aclose()
    form.values["display_name"] = "Mine"
    assert form.unsavable() is None
    form.saved(form.to_save()())
    assert runtime.directory.get("main").api_key == STORED
    assert runtime.directory.stored_keys.has("main")


async def test_what_a_server_says_after_its_url_was_left_is_not_shown_for_another(
    runtime: Runtime, server: FaultServer
) -> None:
    form = stored(runtime)
    form.server.address_to_ask(with_key=True)
    looking = asyncio.create_task(form.server.look(with_key=True))
    await asyncio.sleep(0)
    form.values["provider_url"] = "http://"
    form.server.forget()
    await looking
    assert server.requests
    assert form.server.seen is None
    await form.server.look(with_key=True)
    assert form.server.seen is None, "nothing stands there that could be asked"
