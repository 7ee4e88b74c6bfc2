"""Presets: files used by name in the prompt, the plain chat and ``ask -t``."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual import events

from tests.support.fake_api import FakeApi
from tests.support.fault_server import FaultServer
from tests.support.real_deck import RealDeck, bodies, replying
from tui.core.commands import COMMANDS
from tui.core.preset import Preset, PresetError, call_of, read_preset
from tui.core.provider import Thinking
from tui.store.paths import resolve_paths
from tui.store.presets import PresetStore
from tui.ui.chat.screen import ChatScreen
from tui.ui.start import ChatStart

EXPLAIN = """
description = "Explain a word"
system_prompt = "Be short."
temperature = 0.25
top_p = "none"
seed = 3
stop = "END"
json_schema = { type = "object" }
prompt = "Explain {{input}}; I said {{input}}."
"""


def preset(deck: RealDeck, text: str, name: str = "explain") -> Path:
    folder = deck.config / "presets"
    folder.mkdir(exist_ok=True)
    path = folder / f"{name}.toml"
    path.write_text(text)
    return path


def said(body: dict[str, Any]) -> list[str]:
    return [message["content"] for message in body["messages"]]


def test_a_placeholder_that_nothing_fills_in_is_refused() -> None:
    with pytest.raises(
        PresetError, match=r"its prompt has \{\{clipboard\}\}, .*placeholder is \{\{input\}\}"
    ):
        read_preset("x", {"prompt": "Explain {{input}}: {{clipboard}}"})
    read_preset("x", {"prompt": "Explain {{ loop.index }} to {{input}}"})


@pytest.mark.parametrize("pasted", ["/explain a word", "/model other", "/quit"])
async def test_what_a_paste_begins_with_is_neither_a_preset_nor_a_command(
    deck: RealDeck, pasted: str
) -> None:
    with FaultServer(FakeApi(chat=replying("Yes."))) as server:
        deck.provider(server.base_url)
        preset(deck, EXPLAIN)
        async with deck.opened(ChatStart("main")) as opened:
            prompt = opened.screen(ChatScreen).prompt
            prompt.post_message(events.Paste(pasted))
            await opened.until(lambda: prompt.value == pasted)
            await opened.press("enter")
            await opened.until(lambda: len(bodies(server)) == 1)
            assert said(bodies(server)[0]) == [pasted]
            assert f"{pasted.split()[0]} was pasted, so it was sent as a message" in opened.toasts


async def test_a_name_sends_the_template_with_what_the_preset_sets(deck: RealDeck) -> None:
    with FaultServer(FakeApi(chat=replying("Yes."))) as server:
        deck.provider(server.base_url, top_p=0.9, temperature=0.6)
        preset(deck, EXPLAIN)
        async with deck.opened(ChatStart("main")) as opened:
            prompt = opened.screen(ChatScreen).prompt
            await opened.press(*"/expl")
            await opened.until(lambda: "Explain a word" in opened.text)
            await opened.press("tab", *"a {{input}} /quit", "enter")
            await opened.until(lambda: len(bodies(server)) == 1)
            body = bodies(server)[0]
            wanted = "Explain a {{input}} /quit; I said a {{input}} /quit."
            system, prompt_said = said(body)
            assert system.startswith("Be short.\n\nAnswer with one JSON value")
            assert prompt_said == wanted
            assert (body["temperature"], body["seed"], body["stop"]) == (0.25, 3, ["END"])
            assert "top_p" not in body
            assert body["response_format"]["json_schema"]["schema"] == {"type": "object"}
            assert "Preset explain is used" in opened.toasts
            await opened.until(lambda: opened.screen(ChatScreen).control.live is None)
            prompt.value = "/explain"
            await opened.press("enter")
            await opened.until(lambda: "Preset explain needs a text" in opened.refusal)
            assert prompt.value == "/explain"
            assert len(bodies(server)) == 1


async def test_a_preset_may_ask_another_provider_and_keeps_the_present_one_where_that_is_gone(
    deck: RealDeck,
) -> None:
    with FaultServer(FakeApi(chat=replying("Yes."))) as server, FaultServer(FakeApi()) as other:
        deck.provider(server.base_url)
        deck.provider(other.base_url, "other")
        preset(deck, 'provider = "other"\nmodel = "big"\n', "there")
        preset(deck, 'provider = "gone"\nmodel = "lost"\nprompt = "Hi."\n', "nowhere")
        async with deck.opened(ChatStart("main")) as opened:
            chat = opened.screen(ChatScreen)
            chat.prompt.value = "/nowhere"
            await opened.press("enter")
            await opened.until(lambda: "Its provider gone is not available; main is used." in opened.toasts)
            await opened.until(lambda: len(bodies(server)) == 1)
            assert (said(bodies(server)[0]), bodies(server)[0]["model"]) == (["Hi."], "m")
            await opened.until(lambda: chat.control.live is None)
            chat.prompt.value = "/there\nline one\nline two"
            await opened.press("enter")
            await opened.until(lambda: len(bodies(other)) == 1)
            assert bodies(other)[0]["model"] == "big"
            assert said(bodies(other)[0])[-1] == "line one\nline two"
            chat.prompt.value = "/there"
            await opened.until(lambda: chat.control.live is None)
            await opened.press("enter")
            await opened.until(lambda: chat.prompt.value == "")
            assert len(bodies(other)) == 1


async def test_a_whole_name_is_sent_by_one_enter(deck: RealDeck) -> None:
    with FaultServer(FakeApi(chat=replying("Yes."))) as server:
        deck.provider(server.base_url)
        preset(deck, 'prompt = "Say hello."', "greet")
        async with deck.opened(ChatStart("main")) as opened:
            await opened.press(*"/greet", "enter")
            await opened.until(lambda: len(bodies(server)) == 1)
            assert said(bodies(server)[0]) == ["Say hello."]


async def test_what_a_preset_leaves_out_stays(deck: RealDeck) -> None:
    with FaultServer(FakeApi(chat=replying("Yes."))) as server:
        deck.provider(server.base_url, temperature=0.6)
        preset(deck, 'prompt = "Hi."\nseed = 5', "bare")
        async with deck.opened(ChatStart("main")) as opened:
            chat = opened.screen(ChatScreen)
            for line in ("/settings system Be kind.", "/settings top_p 0.5", "/bare"):
                chat.prompt.value = line
                await opened.press("enter")
                await opened.until(lambda: chat.prompt.value == "")
            await opened.until(lambda: len(bodies(server)) == 1)
            body = bodies(server)[0]
            assert said(body) == ["Be kind.", "Hi."]
            assert (body["temperature"], body["top_p"], body["seed"], body["model"]) == (0.6, 0.5, 5, "m")


def test_a_line_with_a_blank_before_it_is_a_message(deck: RealDeck) -> None:
    with FaultServer(FakeApi(chat=replying("Yes."))) as server:
        deck.provider(server.base_url)
        preset(deck, EXPLAIN)
        done = deck.run("chat", "main", "--plain", stdin=" /explain rivers\n/quit\n")
        assert done.code == 0, done.err
        assert said(bodies(server)[0]) == [" /explain rivers"]


def test_ask_uses_the_model_of_a_preset_with_its_own_provider_alone(deck: RealDeck) -> None:
    with FaultServer(FakeApi(chat=replying("Yes."))) as server, FaultServer(FakeApi()) as other:
        deck.provider(server.base_url)
        deck.provider(other.base_url, "other")
        preset(deck, 'provider = "other"\nmodel = "big"', "there")
        asked = [("-t", "there"), ("-t", "there", "-p", "main"), ("-t", "there", "-p", "other")]
        for flags in asked:
            done = deck.run("ask", *flags, "hello")
            assert done.code == 0, done.err
        assert [body["model"] for body in bodies(server)] == ["m"]
        assert [body["model"] for body in bodies(other)] == ["big", "big"]


def test_the_plain_chat_and_ask_use_presets(deck: RealDeck) -> None:
    with FaultServer(FakeApi(chat=replying("Yes."))) as server:
        deck.provider(server.base_url)
        preset(deck, EXPLAIN)
        done = deck.run("chat", "main", "--plain", stdin="/explain rivers\n/explain\n/quit\n")
        assert done.code == 0, done.err
        assert "Preset explain is used" in done.out
        assert "Preset explain needs a text" in done.out
        assert said(bodies(server)[0])[-1] == "Explain rivers; I said rivers."
        done = deck.run("ask", "-t", "explain", "--temperature", "1", stdin="the sea\n")
        assert done.code == 0, done.err
        body = bodies(server)[1]
        assert (body["temperature"], body["seed"]) == (1, 3)
        assert said(body)[0].startswith("Be short.")
        assert "the sea" in said(body)[1]
        done = deck.run("ask", "-t", "none-such", "hello")
        assert done.code == 2
        assert "There is no usable preset named none-such" in done.err
        assert len(bodies(server)) == 2


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("prompt = ", "not TOML|line 1|Invalid"),
        ("temperature = 9", "temperature has no usable value"),
        ('temperature = "hot"', "Temperature must be a number from 0 to 2"),
        ("prompt = 3", "prompt must be a text in quotes"),
        ('colour = "red"', "it has no setting colour"),
        ('thinking = "much"', "thinking has no usable value"),
        ("json_schema = 1", "json_schema has no usable value"),
        ("seed = 2020-01-01", "no usable value"),
    ],
)
def test_a_file_that_is_no_preset_is_named_in_one_sentence(deck: RealDeck, text: str, why: str) -> None:
    preset(deck, "prompt = 'Fine {{input}}'", "fine")
    preset(deck, text, "wrong")
    known = PresetStore(resolve_paths(deck.environment)).known()
    assert [*known.presets] == ["fine"]
    [sentence] = known.problems.values()
    assert sentence.startswith("~/config/lmdeck/presets/wrong.toml is not used: ")
    assert re.search(why, sentence)
    assert sentence.endswith(".") and "\n" not in sentence
    done = deck.run("presets")
    assert done.code == 1
    assert "fine" in done.out
    assert "wrong.toml is not used" in done.err


async def test_a_wrong_file_is_told_where_it_is_called(deck: RealDeck) -> None:
    with FaultServer(FakeApi(chat=replying("Yes."))) as server:
        deck.provider(server.base_url)
        preset(deck, "seed = -1", "wrong")
        async with deck.opened(ChatStart("main")) as opened:
            opened.screen(ChatScreen).prompt.value = "/wrong text"
            await opened.press("enter")
            await opened.until(lambda: "wrong.toml is not used" in opened.refusal)
            assert opened.screen(ChatScreen).prompt.value == "/wrong text"
            assert bodies(server) == []


@pytest.mark.parametrize("where", ["file", "folder"])
def test_a_file_that_others_can_write_is_not_used(deck: RealDeck, where: str) -> None:
    path = preset(deck, EXPLAIN)
    if where == "file":
        path.chmod(0o666)
    else:
        path.parent.chmod(0o777)
    known = PresetStore(resolve_paths(deck.environment)).known()
    assert known.presets == {}
    assert "others can write" in known.problems["explain"]
    assert "chmod go-w" in known.problems["explain"]


def test_strange_things_in_the_folder_harm_nothing(deck: RealDeck) -> None:
    path = preset(deck, EXPLAIN)
    folder = path.parent
    os.mkfifo(folder / "fifo.toml")
    (folder / "folder.toml").mkdir()
    (folder / "large.toml").write_text("#" * 300_000)
    (folder / "notes.txt").write_text("no preset")
    (folder / "quit.toml").write_text("prompt = 'a command'")
    (folder / "od\x1b[31md.toml").write_text("prompt = 'escape'")
    known = PresetStore(resolve_paths(deck.environment)).known()
    assert [*known.presets] == ["explain"]
    assert len(known.problems) == 5
    assert "the name of the command /quit" in known.problems["quit"]


def test_a_link_to_a_file_of_ones_own_is_a_preset(deck: RealDeck) -> None:
    path = preset(deck, EXPLAIN, "linked")
    kept = deck.home / "dotfiles.toml"
    path.rename(kept)
    path.symlink_to(kept)
    store = PresetStore(resolve_paths(deck.environment))
    assert [*store.known().presets] == ["linked"]
    kept.write_text("prompt = 'changed since'")
    assert store.known().presets["linked"].prompt == "changed since"


def test_every_key_that_the_page_names_is_one() -> None:
    text = (Path(__file__).parents[2] / "docs" / "chat.md").read_text()
    [sentence] = re.findall(r"Its keys are (.*?);", text, re.DOTALL)
    keys = re.findall(r"`([a-z_]+)`", sentence)
    assert keys == ["description", "system_prompt", "prompt", "provider", "model"]
    values = {"temperature": 0.5, "top_p": 0.5, "max_tokens": 5, "seed": 1, "stop": ["x"], "json_schema": {}}
    table: dict[str, object] = dict.fromkeys(keys, "x") | values | {"thinking": "high"}
    found = read_preset("x", table)
    assert dict(found.own.parameters) == values
    assert (found.description, found.prompt, found.provider, found.model) == ("x", "x", "x", "x")
    assert (found.own.system_prompt, found.own.thinking) == ("x", Thinking.HIGH)


def test_a_changed_file_is_read_again(deck: RealDeck) -> None:
    store = PresetStore(resolve_paths(deck.environment))
    assert store.known().presets == {}
    path = preset(deck, "prompt = 'one'")
    assert store.known().presets["explain"].prompt == "one"
    path.write_text("prompt = 'number two'")
    assert store.known().presets["explain"].prompt == "number two"
    path.chmod(0o666)
    path.write_text("prompt = 'number three'")
    assert store.known().presets == {}
    path.unlink()
    assert store.known().presets == {}


def test_the_samples_are_good_presets_and_keep_your_files(deck: RealDeck) -> None:
    assert "There are no presets in" in deck.run("presets").out
    mine = preset(deck, "prompt = 'mine'", "review")
    done = deck.run("presets", "--install")
    assert done.code == 0, done.err
    assert "Added to ~/config/lmdeck/presets: commit, proofread." in done.out
    assert "Kept yours: review." in done.out
    assert mine.read_text() == "prompt = 'mine'"
    known = PresetStore(resolve_paths(deck.environment)).known()
    assert sorted(known.presets) == ["commit", "proofread", "review"]
    assert known.problems == {}
    assert all(one.description and one.own.system_prompt for one in list(known.presets.values())[:2])
    assert {path.stat().st_mode & 0o777 for path in mine.parent.glob("[cp]*.toml")} == {0o600}


@given(st.text())
def test_what_is_filled_in_is_never_filled_in_again(text: str) -> None:
    template = Preset("x", prompt="a {{input}} b {{input}} c")
    assert template.message(text) == f"a {text} b {text} c"


@given(st.text())
def test_any_line_is_read(line: str) -> None:
    call = call_of(line)
    assert call is None or line.strip().casefold().startswith(f"/{call[0]}")


@pytest.mark.parametrize("line", ["/etc/passwd", "//explain x", "explain", "/", "/a.b c", "/" + "x" * 41])
def test_a_path_calls_no_preset(line: str) -> None:
    assert call_of(line) is None


@pytest.mark.parametrize("command", [command.name for command in COMMANDS])
def test_no_preset_has_the_name_of_a_command(command: str) -> None:
    with pytest.raises(PresetError):
        read_preset(command, {})
