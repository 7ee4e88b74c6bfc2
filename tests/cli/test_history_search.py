"""``lmdeck history search``: words in prompts, answers and, with an option, reasoning."""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from unicodedata import normalize

import pytest

from tests.support.commands import Call
from tui.core.parts import parts_of
from tui.core.query import ConditionError, CostLimit, Query, fold, read_query
from tui.core.turn import TextBuffer, Turn, TurnState
from tui.core.usage import Cost
from tui.runtime import history
from tui.store import summaries
from tui.store.conversations import ConversationStore
from tui.store.journal import Journal
from tui.store.optional import OptionalFiles
from tui.store.paths import resolve_paths
from tui.store.records import encode_line
from tui.store.text_cache import TextCache

NOW = datetime.now(UTC)
KEY = "sk-abcdef0123456789abcdef"


def a_turn(
    prompt: str, answer: str = "", reasoning: str = "", *, days_ago: float = 0, number: int = 1
) -> Turn:
    return Turn(
        f"t{number}",
        parts_of(prompt),
        provider="qwen",
        model="Qwen3-8B",
        started_at=(NOW - timedelta(days=days_ago)).isoformat(),
        state=TurnState.DONE,
        reasoning=TextBuffer(reasoning),
        answer=TextBuffer(answer),
    )


def chat(store: ConversationStore, *turns: Turn) -> str:
    journal = store.create()
    assert isinstance(journal, Journal)
    assert journal._header is not None
    journal._header["created_at"] = turns[0].started_at
    for turn in turns:
        journal.write_turn(turn)
    assert journal.close()
    return journal.identity


def hits(call: Call, *words: str) -> list[tuple[str, int | None, str, str]]:
    found = call("history", "search", *words, "--json").json["conversations"]
    return [(each["title"], hit["turn"], hit["where"], hit["line"]) for each in found for hit in each["hits"]]


def test_lines_of_prompts_and_answers_are_found_the_newest_chat_first(
    call: Call, store: ConversationStore
) -> None:
    old = chat(store, a_turn("About nginx", "one\nset proxy_buffering off\nthree", days_ago=4))
    chat(store, a_turn("Other things", "nothing here", days_ago=1))
    new = chat(store, a_turn("First", "x"), a_turn("Is PROXY_BUFFERING on?", "yes", number=2))
    assert hits(call, "proxy_buffering") == [
        ("First", 2, "prompt", "Is PROXY_BUFFERING on?"),
        ("About nginx", 1, "answer", "set proxy_buffering off"),
    ]
    lines = call("history", "search", "proxy_buffering").out.splitlines()
    titles = [line.split(" · ") for line in lines[::2]]
    assert [(title[0], title[2]) for title in titles] == [("1  First", new), ("3  About nginx", old)]
    assert titles[1][1].endswith("days ago")
    assert lines[1::2] == ["     prompt 2: Is PROXY_BUFFERING on?", "     answer 1: set proxy_buffering off"]
    assert len(call("history", "search", "proxy_buffering", "--limit", "1").out.splitlines()) == 2


def test_nothing_found_is_1_as_of_grep(call: Call, store: ConversationStore) -> None:
    chat(store, a_turn("Why?", "Because."))
    done = call("history", "search", "absent")
    assert (done.code, done.out) == (1, "No chat matches.\n")
    assert call("history", "search", "absent", "--json").json["conversations"] == []
    assert call("history", "search", "absent", "--json").code == 1


def test_all_words_are_of_one_turn_and_a_phrase_is_one(call: Call, store: ConversationStore) -> None:
    chat(store, a_turn("a ring of gold", "no buffer"), a_turn("ring", "x", number=2))
    chat(store, a_turn("ring", "x"), a_turn("buffer", "y", number=2))
    assert [hit[:3] for hit in hits(call, "ring", "buffer")] == [
        ("a ring of gold", 1, "prompt"),
        ("a ring of gold", 1, "answer"),
    ]
    assert hits(call, '"ring buffer"') == []
    assert [hit[3] for hit in hits(call, '"ring of"')] == ["a ring of gold"]


def test_reasoning_is_searched_on_a_switch(call: Call, store: ConversationStore) -> None:
    chat(store, a_turn("Why?", "Because.", "Let me think of zebras"))
    assert hits(call, "zebras") == []
    assert hits(call, "zebras", "--reasoning") == [("Why?", 1, "reasoning", "Let me think of zebras")]


def test_conditions_choose(call: Call, store: ConversationStore) -> None:
    chat(store, a_turn("needle old", days_ago=10))
    chat(store, replace(a_turn("needle other", days_ago=2), provider="gpu", model="Llama-3"))
    assert [hit[0] for hit in hits(call, "needle", "since:7d")] == ["needle other"]
    assert [hit[0] for hit in hits(call, "needle provider:qwen")] == ["needle old"]
    assert [hit[0] for hit in hits(call, "model:llama", "needle")] == ["needle other"]
    assert call("history", "search", "needle", "since:whenever").code == 2
    assert call("history", "search", "provider:nobody", "needle").code == 2


def test_conditions_alone_list_the_chats_that_fit(call: Call, store: ConversationStore) -> None:
    cheap, dear = a_turn("cheap"), replace(a_turn("dear"), provider="gpu")
    cheap.cost, dear.cost = (Cost(Decimal(amount), Decimal(0), "EUR") for amount in ("0.001", "0.02"))
    chat(store, cheap)
    identity = chat(store, dear)
    for condition in ("cost:>0.01", "provider:gpu"):
        done = call("history", "search", condition)
        assert done.code == 0
        assert "dear" in done.out
        assert "cheap" not in done.out
        (found,) = call("history", "search", condition, "--json").json["conversations"]
        assert (found["id"], found["hits"]) == (identity, [])
    assert call("history", "search", "cost:>5").code == 1
    assert call("history", "search", " ").code == 2


def test_a_turn_is_chosen_by_what_it_has_and_a_chat_by_its_cost(call: Call, store: ConversationStore) -> None:
    code = a_turn("How?", "needle\n```\nx\n```")
    code.cost = Cost(Decimal("0.02"), Decimal(0), "EUR")
    failed = replace(a_turn("Fail\nhere", "needle", number=2), state=TurnState.FAILED)
    chat(store, code, failed)
    assert [hit[1] for hit in hits(call, "needle", "has:code")] == [1]
    assert [hit[1] for hit in hits(call, "needle", "has:error")] == [2]
    assert hits(call, "needle", "has:reasoning") == []
    assert hits(call, "has:error") == [("How?", 2, "prompt", "Fail")]
    assert [hit[1] for hit in hits(call, "needle", "cost:>0.01")] == [1, 2]
    assert hits(call, "needle", "cost:>0.02") == []
    for wrong in ("has:pictures", "cost:1"):
        done = call("history", "search", "needle", wrong)
        assert (done.code, wrong.partition(":")[2] in done.err) == (2, True)


def test_a_later_search_reads_no_journal(
    call: Call, store: ConversationStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    chat(store, a_turn("Other things"))
    chat(store, a_turn("needle"))
    first = hits(call, "needle")
    monkeypatch.setattr(TextCache, "made", lambda self, identity: pytest.fail(f"{identity} is read again"))
    assert hits(call, "needle") == first == [("needle", 1, "prompt", "needle")]


def test_a_text_that_a_power_failure_damaged_is_made_again(call: Call, store: ConversationStore) -> None:
    identity = chat(store, a_turn("needle"))
    found = hits(call, "needle")
    file = resolve_paths(os.environ).search_texts_dir / f"{identity}.txt"
    data = file.read_bytes()
    file.write_bytes(data[:-10] + bytes(10))
    assert hits(call, "needle") == found
    assert file.read_bytes() == data


def test_without_a_cache_it_is_said_and_searched(call: Call, store: ConversationStore) -> None:
    chat(store, a_turn("needle"))
    cache = resolve_paths(os.environ).search_texts_dir
    cache.parent.mkdir(parents=True, exist_ok=True)
    cache.write_text("a file in its place")
    done = call("history", "search", "needle")
    assert (done.code, "needle" in done.out) == (0, True)
    assert done.err.count("Searching the chats takes longer.") == 1


def test_the_lines_with_the_most_words_are_printed_first(call: Call, store: ConversationStore) -> None:
    chat(store, a_turn("x", "on\nfront\nupon\nlocation\nproxy_buffering is on"))
    lines = call("history", "search", "on", "proxy_buffering").out.splitlines()
    assert lines[1:] == [
        "     answer 1: proxy_buffering is on",
        "     answer 1: on",
        "     answer 1: front",
        "     and 2 more lines",
    ]
    assert [hit[3] for hit in hits(call, "on", "proxy_buffering")][-1] == "proxy_buffering is on"


def test_one_line_more_is_told_as_one(call: Call, store: ConversationStore) -> None:
    chat(store, a_turn("x", "on\nupon\nfront\nlocation"))
    assert call("history", "search", "on").out.splitlines()[-1] == "     and 1 more line"


def test_other_branches_are_searched_and_marked(call: Call, store: ConversationStore) -> None:
    identity = chat(store, a_turn("Why?", "zebra"))
    with (resolve_paths(os.environ).conversations_dir / f"{identity}.jsonl").open("ab") as file:
        file.write(encode_line({"record": "drop", "turn": "t1"}))
    journal = store.open(identity).journal
    assert journal is not None
    journal.write_turn(a_turn("Why?", "lion", number=2))
    assert journal.close()
    assert hits(call, "zebra") == [("Why?", None, "answer", "zebra")]
    assert "answer 1: lion" in call("history", "search", "lion").out
    assert "(other branch): zebra" in call("history", "search", "zebra").out


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("重跑gen后", "gen"),
        ("今天天气很好", "天"),
        ("今天天气很好", "天气"),
        ("ภาษาไทย", "ไทย"),
        ("go 🚀 now", "🚀"),
        ("Straße", "STRASSE"),
        ("strasse", "Straße"),
        (normalize("NFD", "café"), normalize("NFC", "CAFÉ")),
        ("ｆｕｌｌ width", "full"),
        ("İstanbul", "İSTANBUL"),
    ],
)
def test_a_word_is_found_in_every_script_and_form(
    call: Call, store: ConversationStore, text: str, word: str
) -> None:
    chat(store, a_turn("x", text))
    assert hits(call, word) == [("x", 1, "answer", text)]


def test_a_word_that_came_in_pieces_is_found(call: Call, store: ConversationStore) -> None:
    journal = store.create()
    journal.begin_turn(a_turn("x"))
    for piece in ("proxy_", "buff", "ering"):
        journal.append("t1", "answer", piece)
        journal.flush()
    journal.close()
    assert [hit[3] for hit in hits(call, "proxy_buffering")] == ["proxy_buffering"]


def test_a_key_is_neither_shown_nor_found(call: Call, store: ConversationStore) -> None:
    journal = store.create()
    journal.begin_turn(a_turn("x"))
    for piece in ("the key ", KEY[:9], KEY[9:], " works"):
        journal.append("t1", "answer", piece)
        journal.flush()
    journal.close()
    call("providers", "add", "q", "--url", "https://h/v1", "--model", "m", "--header", f"X-Api-Key: {KEY}")
    done = call("history", "search", "works")
    assert (done.code, KEY in done.out + done.err) == (0, False)
    assert call("history", "search", KEY[5:12]).code == 1


def test_hostile_lines_command_nothing(call: Call, store: ConversationStore) -> None:
    chat(store, a_turn("\x1b[2J needle \x07\udce9\u202e"))
    for more in ((), ("--json",)):
        done = call("history", "search", "needle", *more)
        assert done.code == 0
        assert not {"\x1b", "\x07", "\udce9", "\u202e"} & set(done.out)


def test_an_unreadable_chat_is_passed_over(call: Call, store: ConversationStore) -> None:
    chat(store, a_turn("needle"))
    (resolve_paths(os.environ).conversations_dir / "20990101-000000-folder.jsonl").mkdir()
    assert [hit[0] for hit in hits(call, "needle")] == ["needle"]


# -- the query --------------------------------------------------------------------------------------


def test_a_query_is_read() -> None:
    query = read_query('Ring "of  Gold" provider:qwen model:Q3 since:7d', NOW)
    assert query == Query(("ring", "of  gold"), "qwen", "Q3", NOW - timedelta(days=7))
    assert read_query('"" provider:', NOW) == Query(("provider:",))
    assert read_query('"open', NOW) == Query(('"open',))
    assert read_query('model:"a b" x provider:"my lab"', NOW) == Query(("x",), "my lab", "a b")
    assert read_query("has:CODE has:error", NOW) == Query(has=frozenset({"code", "error"}))
    assert read_query("cost:>=0.01", NOW).cost == CostLimit(">=", Decimal("0.01"))


@pytest.mark.parametrize("text", ["since:x", "has:x", "cost:1", "cost:>x", "cost:>", "cost:>nan"])
def test_what_is_no_condition_is_refused(text: str) -> None:
    with pytest.raises(ConditionError):
        read_query(text, NOW)


@pytest.mark.parametrize(
    ("limit", "fits"),
    [(">0.01", True), (">0.02", False), (">=0.02", True), ("<0.02", False), ("<=0.02", True), ("<1", True)],
)
def test_a_cost_is_compared_exactly_in_any_currency(limit: str, fits: bool) -> None:
    wanted = read_query(f"cost:{limit}", NOW).cost
    assert wanted is not None
    assert wanted.fits([Cost(Decimal("0.015"), Decimal("0.005"), "EUR")]) is fits
    assert not wanted.fits([])


@pytest.mark.parametrize("filling", ["x", "ß", "ﬃ"])
def test_of_a_long_line_the_part_around_the_word_is_shown(filling: str) -> None:
    line = filling * 5000 + " needle " + filling * 5000
    (found,) = Query(("needle",)).lines(line)
    shown = found.text
    assert len(shown) <= 162
    assert " needle " in shown
    assert shown.startswith("…")
    assert shown.endswith("…")
    assert found.together == "needle"


@pytest.mark.parametrize(
    ("line", "word", "there"),
    [
        ("  the Straße ends", "strasse", "Straße"),
        ("İstanbul now", "NOW", "now"),
        ("ﬃx a Needle here", "needle", "Needle"),
        (normalize("NFD", "un café noir"), "café", normalize("NFD", "café")),
        ("今天天气很好", "天气", "天气"),
    ],
)
def test_the_word_is_marked_where_it_stands_although_folding_changes_lengths(
    line: str, word: str, there: str
) -> None:
    (found,) = Query((fold(word),)).lines(line)
    assert found.together == there


def test_of_many_chats_that_were_never_read_hits_come_as_they_are_read_without_numbers(
    call: Call, store: ConversationStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[str] = []
    real = summaries.summarise

    def watched(path: Path) -> Any:
        read.append(path.stem)
        return real(path)

    monkeypatch.setattr(summaries, "summarise", watched)
    monkeypatch.setattr(history, "_MOST_UNREAD", 1)
    made = [chat(store, a_turn(f"zebra {number}")) for number in range(3)]
    for place, identity in enumerate(made):
        os.utime(store._folder / f"{identity}.jsonl", (place, place))
    texts = TextCache(store._paths, OptionalFiles(), str)
    saved = history.History(ConversationStore(store._paths), texts, lambda: None)
    most, listed = saved.to_search(history.Wanted())
    found = saved.search(listed, read_query("zebra", NOW), with_reasoning=False)
    first = next(found)
    assert most == 3
    assert first is not None
    assert (first.number, first.summary.identity, read) == (None, made[2], [made[2]])
    assert [each.summary.identity for each in found if each is not None] == [made[1], made[0]]
    assert saved.to_search(history.Wanted())[0] == 3
    assert [number for number, _ in saved.to_search(history.Wanted())[1]] == [1, 2, 3]
    assert len(read) == 3
