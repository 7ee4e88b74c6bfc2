"""``lmdeck history``: saved chats are found by name, printed, deleted and restored."""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from tests.cli.learned_keys import KEY_PLACES, learn_key
from tests.support.commands import Call
from tests.support.terminal import TerminalProgram, lmdeck, private_environment
from tui.core.parts import parts_of
from tui.core.since import read_since
from tui.core.turn import TextBuffer, Turn, TurnState
from tui.core.usage import Cost, Usage
from tui.runtime.endpoints import Endpoints
from tui.store.conversation_list import ConversationList
from tui.store.conversations import ConversationStore
from tui.store.journal import Journal
from tui.store.paths import resolve_paths
from tui.store.records import encode_line
from tui.store.summaries import ConversationSummary

NOW = datetime.now(UTC)
HOSTILE = "\x1b[2J\x1b]0;pwned\x07[bold]\udce9\u202e<script>"
KEY = "sk-abcdef0123456789abcdef"


def a_turn(prompt: str, answer: str = "Because.", *, days_ago: float = 0, number: int = 1) -> Turn:
    return Turn(
        f"t{number}",
        parts_of(prompt),
        provider="qwen",
        model="qwen-plus",
        started_at=(NOW - timedelta(days=days_ago)).isoformat(),
        state=TurnState.DONE,
        reasoning=TextBuffer("Hm."),
        answer=TextBuffer(answer),
        usage=Usage(3, 5),
        cost=Cost(Decimal("0.5"), Decimal(0), "EUR"),
    )


def chat(store: ConversationStore, *turns: Turn, title: str = "") -> str:
    """Save a conversation and return its identity; its header is as old as its first turn."""
    journal = store.create(title)
    assert isinstance(journal, Journal)
    assert journal._header is not None
    journal._header["created_at"] = turns[0].started_at
    for turn in turns:
        journal.write_turn(turn)
    assert journal.close()
    return journal.identity


def with_branch(store: ConversationStore) -> None:
    """Save a conversation whose first answer was replaced by another."""
    identity = chat(store, a_turn("Why?", "First."))
    with (resolve_paths(os.environ).conversations_dir / f"{identity}.jsonl").open("ab") as file:
        file.write(encode_line({"record": "drop", "turn": "t1"}))
    journal = store.open(identity).journal
    assert journal is not None
    journal.write_turn(a_turn("Why?", "Second.", number=2))
    assert journal.close()


def titles(call: Call, *arguments: str) -> list[str]:
    return [each["title"] for each in call("history", "list", *arguments, "--json").json["conversations"]]


# -- list -------------------------------------------------------------------------------------------


def test_the_list_has_the_newest_first_with_number_figures_and_identity(
    call: Call, store: ConversationStore
) -> None:
    old = chat(store, a_turn("Why is the sky blue?", days_ago=3))
    new = chat(store, a_turn("How deep is the sea?"), a_turn("And the lake?", number=2))
    lines = call("history", "list").out.splitlines()
    assert lines[0].split() == [
        "#",
        "TITLE",
        "MODEL",
        "TURNS",
        "LAST",
        "MESSAGE",
        "PROVIDER",
        "TOKENS",
        "COST",
        "ID",
    ]
    assert lines[1].split()[:7] == ["1", "How", "deep", "is", "the", "sea?", "qwen-plus"]
    assert lines[1].split()[-3:] == ["1.00", "EUR", new]
    assert lines[2].split()[0] == "2"
    assert lines[2].endswith(old)
    assert "days ago" in lines[2]


def test_the_json_of_the_list_is_the_documented_one(call: Call, store: ConversationStore) -> None:
    identity = chat(
        store, a_turn("Why?"), replace(a_turn("And?", number=2), provider="gpu", model="qwen-max")
    )
    document = call("history", "list", "--json").json
    (found,) = document["conversations"]
    assert document["schema_version"] == 1
    assert (found["id"], found["number"], found["title"], found["turns"]) == (identity, 1, "Why?", 2)
    assert (found["providers"], found["models"]) == (["qwen", "gpu"], ["qwen-plus", "qwen-max"])
    assert (found["usage"]["prompt_tokens"], found["usage"]["source"]) == (6, "reported")
    assert [(cost["total"], cost["currency"]) for cost in found["costs"]] == [("1.0", "EUR")]
    assert call("history", "list", "--json").json == document  # from the cache


def test_conditions_choose_and_none_that_fits_is_1(call: Call, store: ConversationStore) -> None:
    chat(store, a_turn("old", days_ago=10))
    chat(store, replace(a_turn("other", days_ago=2), provider="gpu", model="Llama-3"))
    chat(store, a_turn("new"))
    assert titles(call) == ["new", "other", "old"]
    assert titles(call, "--since", "7d") == ["new", "other"]
    assert titles(call, "--since", (NOW - timedelta(days=5)).date().isoformat()) == ["new", "other"]
    assert titles(call, "--provider", "gpu") == ["other"]
    assert titles(call, "--model", "llama") == ["other"]
    assert titles(call, "--limit", "2") == ["new", "other"]
    assert call("history", "list", "--provider", "gpu").out.splitlines()[1].startswith("2")
    done = call("history", "list", "--model", "nothing")
    assert (done.code, done.out) == (1, "No chat matches.\n")
    assert call("history", "list", "--model", "nothing", "--json").json["conversations"] == []
    assert call("history", "list", "--since", "whenever").code == 2


def test_without_chats_the_list_is_empty_and_no_failure(call: Call) -> None:
    done = call("history", "list")
    assert (done.code, done.out) == (0, "No saved chats.\n")


@pytest.mark.parametrize(
    ("text", "before"), [("12h", timedelta(hours=12)), ("7d", timedelta(days=7)), ("2W", timedelta(weeks=2))]
)
def test_a_period_is_read(text: str, before: timedelta) -> None:
    assert read_since(text, NOW) == NOW - before


@pytest.mark.parametrize(
    "text", ["", "7", "d", "-1d", "9999999d", "999999y", "٣d", "2026-13-01", "x" * 10_000]
)
def test_what_is_no_period_is_none(text: str) -> None:
    assert read_since(text, NOW) is None


# -- names ------------------------------------------------------------------------------------------


def test_a_chat_is_named_by_number_identity_or_title(call: Call, store: ConversationStore) -> None:
    old = chat(store, a_turn("Why is the sky blue?", days_ago=1))
    new = chat(store, a_turn("How deep is the SEA?"))
    names = {"1": new, "last": new, "2": old, old: old, "sky blue": old, "how deep is the sea?": new}
    for name, identity in names.items():
        assert call("history", "show", name, "--json").json["conversation"]["id"] == identity, name
    assert call("history", "show", "nothing like it").code == 2
    assert call("history", "show", "").code == 2
    several = call("history", "show", "is the")
    assert several.code == 2
    assert "is the matches 2 chats" in several.err


# -- show -------------------------------------------------------------------------------------------


def test_a_chat_is_printed_with_prompts_answers_and_figures(call: Call, store: ConversationStore) -> None:
    chat(store, a_turn("Why?"), a_turn("And?", "So.", number=2))
    done = call("history", "show", "last")
    assert "you> Why?\nBecause.\n\nyou> And?\nSo.\n" in done.out
    assert "Hm." not in done.out
    assert "Hm." in done.err
    assert "3 prompt + 5 completion tokens" in done.err
    second = call("history", "show", "last", "--turn", "2")
    assert second.out == "\nyou> And?\nSo.\n"
    assert call("history", "show", "last", "--turn", "3").code == 2


def test_other_answers_and_branches_are_counted(call: Call, store: ConversationStore) -> None:
    with_branch(store)
    done = call("history", "show", "last")
    assert "1 turn · 1 more in other answers and branches" in done.out
    assert "answer 2 of 2" in done.err
    found = call("history", "show", "last", "--json").json["conversation"]
    assert (found["other_turns"], found["turns"][0]["variant"]) == (1, {"number": 2, "of": 2})


def test_hostile_texts_command_nothing(call: Call, store: ConversationStore) -> None:
    chat(store, a_turn(HOSTILE, HOSTILE), title=HOSTILE)
    for arguments in (("list",), ("show", "1"), ("list", "--json"), ("show", "1", "--json")):
        done = call("history", *arguments)
        assert done.code == 0
        assert not {"\x1b", "\x07", "\u202e", "\udce9"} & set(done.out + done.err)
    assert call("history", "show", "1", "--json").json["conversation"]["turns"][0]["answer"] == HOSTILE


@pytest.mark.parametrize("where", KEY_PLACES)
def test_a_key_that_was_learned_later_is_not_shown(
    call: Call, store: ConversationStore, where: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    journal = store.create(f"about {KEY}")
    journal.begin_turn(a_turn(f"use {KEY}"))
    for piece in ("the key ", KEY[:9], KEY[9:], " works"):
        journal.append("t1", "answer", piece)
        journal.flush()  # each in a line of its own: none of them has the key
    journal.end_turn(a_turn(""))
    journal.close()
    learn_key(call, KEY, where, monkeypatch)
    for arguments in (("show", "1"), ("show", "1", "--json")):
        done = call("history", *arguments)
        assert done.code == 0
        assert KEY not in done.out + done.err
        assert "works" in done.out
    for line in (
        "list",
        "list --json",
        "search works",
        "search works --json",
        "remove about --yes",
        "restore",
        "restore about",
    ):
        done = call("history", *line.split())
        assert done.code == 0
        assert KEY not in done.out + done.err
        assert "about" in done.out
    assert call("history", "show", KEY).code == 2, "what is not shown is not found either"


# -- delete and restore -----------------------------------------------------------------------------


def test_a_deleted_chat_is_in_the_trash_and_comes_back(call: Call, store: ConversationStore) -> None:
    identity = chat(store, a_turn("Secret plans"))
    done = call("history", "remove", "secret", "--yes")
    expected = f"Deleted “Secret plans”. To restore it: lmdeck history restore {identity}\n"
    assert (done.code, done.out) == (0, expected)
    assert store.listing.all() == []
    assert identity in call("history", "restore").out
    assert call("history", "restore", identity).out == "Restored “Secret plans”.\n"
    assert [summary.identity for summary in store.listing.all()] == [identity]
    assert call("history", "restore").out == "The trash is empty.\n"
    assert call("history", "restore", identity).code == 2


def test_one_turn_is_one_and_two_are_several(call: Call, store: ConversationStore) -> None:
    identity = chat(store, a_turn("Why?", "Because."))
    assert (
        "this chat has 1 turn, so there is no turn 2." in call("history", "show", "last", "--turn", "2").err
    )
    journal = store.open(identity).journal
    assert journal is not None
    journal.write_turn(a_turn("How?", "So.", number=2))
    assert journal.close()
    assert (
        "this chat has 2 turns, so there is no turn 3." in call("history", "show", "last", "--turn", "3").err
    )


def test_an_unknown_name_in_the_trash_names_the_list_of_the_trash(
    call: Call, store: ConversationStore
) -> None:
    chat(store, a_turn("Why?", "Because."))
    done = call("history", "restore", "nope")
    assert done.code == 2
    assert "lmdeck history restore" in done.err
    assert "history list" not in done.err
    assert "history list" in call("history", "remove", "nope", "--yes").err


def test_several_are_deleted_and_the_one_deleted_last_comes_back(
    call: Call, store: ConversationStore, home: Path
) -> None:
    for prompt in ("one", "two", "three"):
        chat(store, a_turn(prompt))
    assert call("history", "remove", "one", "one", "three", "--yes").code == 0
    clock = home / "clock"
    deleted = max(path.stat().st_ctime_ns for path in resolve_paths(os.environ).trash_dir.iterdir())
    while not clock.exists() or clock.stat().st_ctime_ns <= deleted:  # the clock of files has coarse ticks
        clock.write_text("")
    assert call("history", "remove", "two", "--yes").code == 0
    assert titles(call) == []
    assert call("history", "restore", "last").out == "Restored “two”.\n"
    assert titles(call) == ["two"]


def test_the_numbers_are_those_of_one_list(
    call: Call, store: ConversationStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    for days_ago in (1, 2, 3):
        chat(store, a_turn(f"of {days_ago}", days_ago=days_ago))
    listed = ConversationList.all

    def and_another(self: ConversationList) -> list[ConversationSummary]:
        found = listed(self)
        chat(store, a_turn("written meanwhile"))
        return found

    with monkeypatch.context() as patched:
        patched.setattr(ConversationList, "all", and_another)
        assert call("history", "remove", "1", "2", "--yes").code == 0
    assert titles(call) == ["written meanwhile", "of 3"]


def test_keys_are_learned_once(call: Call, store: ConversationStore, monkeypatch: pytest.MonkeyPatch) -> None:
    for days_ago in (1, 2, 3):
        chat(store, a_turn(f"of {days_ago}", days_ago=days_ago))
    learned: list[Endpoints] = []
    monkeypatch.setattr(Endpoints, "learn_keys", lambda self, _: learned.append(self))
    assert call("history", "export", "--all", "--format", "jsonl").code == 0
    assert len(learned) == 1


@pytest.mark.parametrize("columns", [34, 40, 50])
def test_no_window_is_too_small_for_the_time_of_a_chat(
    home: Path, store: ConversationStore, columns: int
) -> None:
    chat(store, a_turn("a question with a rather long title", days_ago=20))
    with TerminalProgram(lmdeck("history", "list"), private_environment(home), columns=columns) as terminal:
        assert terminal.wait() == 0
    head, row = bytes(terminal.raw).decode().splitlines()
    assert head.startswith("#  TITLE")
    assert head.endswith("LAST MESSAGE")
    assert max(len(head), len(row)) <= columns
    assert "…" in row
    when = row[head.index("LAST MESSAGE") :]
    assert when
    assert "…" not in when


def test_an_unreadable_chat_is_deleted_on_a_word(home: Path, store: ConversationStore) -> None:
    (resolve_paths(os.environ).conversations_dir / "20990101-000000-folder.jsonl").mkdir(parents=True)
    arguments = lmdeck("history", "remove", "20990101-000000-folder")
    with TerminalProgram(arguments, private_environment(home), columns=200) as terminal:
        terminal.wait_for(r"\(untitled\)” \(0 turns\)")
        terminal.send("yes", "enter")
        assert terminal.wait() == 0
    assert store.listing.all() == []


def test_an_unknown_name_deletes_nothing(call: Call, store: ConversationStore) -> None:
    chat(store, a_turn("one"))
    assert call("history", "remove", "one", "nothing like it", "--yes").code == 2
    assert titles(call) == ["one"]


def test_without_a_terminal_a_flag_confirms(call: Call, store: ConversationStore) -> None:
    chat(store, a_turn("one"))
    done = call("history", "remove", "one")
    assert done.code == 2
    assert "--yes" in done.err
    assert titles(call) == ["one"]


def test_the_question_names_the_turns_out_of_sight_too(home: Path, store: ConversationStore) -> None:
    with_branch(store)
    with TerminalProgram(
        lmdeck("history", "remove", "last"), private_environment(home), columns=200
    ) as terminal:
        terminal.wait_for(r"“Why\?” \(1 turn · 1 more in other answers and branches\)")
        terminal.wait_for("Type yes")
        terminal.send("no", "enter")
        assert terminal.wait() == 1
    assert len(store.listing.all()) == 1


def test_a_chat_that_is_open_elsewhere_is_read_and_not_deleted(
    call: Call, home: Path, store: ConversationStore
) -> None:
    identity = chat(store, a_turn("Why?"))
    opening = lmdeck("chat", "demo", "--plain", "--resume", identity)
    with TerminalProgram(opening, private_environment(home), columns=200) as terminal:
        terminal.wait_for("Type /help")
        assert call("history", "list", "--json").json["conversations"][0]["is_open_elsewhere"] is True
        assert "Because." in call("history", "show", identity).out
        done = call("history", "remove", identity, "--yes")
        assert done.code == 1
        assert "“Why?” was not deleted." in done.err
        assert " is in use by another lmdeck (process " in done.err
        terminal.send("/quit", "enter")
        assert terminal.wait() == 0
    assert call("history", "remove", identity, "--yes").code == 0
