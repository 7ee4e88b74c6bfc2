"""Turns are added and removed in any view: no stored position points beyond them."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable
from typing import Any

import pytest

from tests.transcript.transcript_host import Held, TerminalHost, differences, done_turn
from tui.core.turn import Turn
from tui.ui.transcript.transcript import Transcript

_SIZES = [(80, 24), (40, 12), (121, 30), (60, 9)]
_KEYS = ["j", "k", "J", "K", "g", "G", "pageup", "pagedown", "space", "n", "N", "ctrl+d", "ctrl+u"]


def _turn(chance: random.Random, number: int) -> Turn:
    answer = "\n\n".join(f"line {row} of *turn* {number}" for row in range(chance.choice([1, 3, 12, 40])))
    reasoning = "because of the turn\n\n" * 5 if chance.random() < 0.4 else ""
    return done_turn(f"t{number}", answer, reasoning=reasoning)


class _Person:
    """Does what a person and a conversation may do to a transcript, at random."""

    def __init__(self, app: TerminalHost, pilot: Any, seed: int) -> None:
        self._app, self._pilot = app, pilot
        self.chance = random.Random(seed)
        self._count = 0
        self._paths: list[list[Turn]] = [self._new_turns(8), self._new_turns(1), []]
        self.done: list[str] = []

    @property
    def _transcript(self) -> Transcript:
        return self._app.transcript

    def _new_turns(self, most: int) -> list[Turn]:
        turns = []
        for _ in range(self.chance.randint(1, most)):
            self._count += 1
            turns.append(_turn(self.chance, self._count))
        return turns

    def _show_turns(self) -> None:
        self._transcript.show_turns(self.chance.choice(self._paths))

    def _add_turn(self) -> None:
        self._transcript.add_turn(self._new_turns(1)[0])

    def _show_path(self) -> None:
        self._transcript.show_path(self.chance.choice(self._paths), follows=self.chance.random() < 0.5)

    def _branch_off(self) -> None:
        shown = [document.turn for document in self._transcript.roll.documents]
        path = shown[: self.chance.randint(0, len(shown))] + self._new_turns(4)
        self._paths.append(path)
        self._transcript.show_path(path)

    def _show_copies(self) -> None:
        """The same turns read again: other objects with the same names."""
        path = [
            done_turn(turn.identity, turn.answer.text[:200], reasoning=turn.reasoning.text)
            for turn in self.chance.choice(self._paths)
        ]
        self._transcript.show_path(path)

    def _scroll(self) -> None:
        self._transcript.scroll_rows(self.chance.choice([-200, -9, -1, 1, 9, 200]))

    def _search(self) -> None:
        self._transcript.search(self.chance.choice(["line", "because", "turn", ""]))

    def _reveal(self) -> None:
        self._transcript.reveal_turn(f"t{self.chance.randint(1, self._count)}")

    def _frame(self) -> None:
        self._transcript._frame()

    async def act(self) -> None:
        """Do one thing."""
        acts: list[Callable[[], None]] = [
            self._show_turns, self._add_turn, self._show_path, self._show_path, self._branch_off,
            self._show_copies, self._scroll, self._scroll, self._search, self._reveal, self._frame,
        ]  # fmt: skip
        choice = self.chance.randrange(len(acts) + 3)
        if choice < len(acts):
            self.done.append(acts[choice].__name__)
            acts[choice]()
        elif choice == len(acts):
            size = self.chance.choice(_SIZES)
            self.done.append(f"resize {size}")
            self._app.resize_terminal(*size)
            await self._pilot.resize_terminal(*size)
        else:
            key = self.chance.choice(_KEYS)
            self.done.append(key)
            await self._pilot.press(key)


async def _check(app: TerminalHost, pilot: Any, person: _Person) -> None:
    transcript = app.transcript
    for _ in range(60):
        await pilot.pause()
        found = differences(app.terminal, app.expected())
        if not found:
            break
        await asyncio.sleep(0.01)
    assert not found, (person.done, found)
    assert transcript.viewport.anchor <= transcript.roll.end(transcript.viewport.height), person.done
    documents = transcript.roll.documents
    assert all(
        any(fold.document is shown for shown in documents) for fold in transcript.folds._mounted.values()
    )


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(6))
async def test_the_view_survives_whatever_turns_come_and_go(seed: int) -> None:
    app = TerminalHost()
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        app.transcript.focus()
        person = _Person(app, pilot, seed)
        for _ in range(60):
            await person.act()
            if person.chance.random() < 0.7:
                await _check(app, pilot, person)
        await _check(app, pilot, person)


@pytest.mark.parametrize("is_found", [False, True])
async def test_a_short_branch_takes_the_place_of_a_long_one_seen_at_its_end(is_found: bool) -> None:
    app = TerminalHost()
    async with app.run_test(size=(80, 24)) as pilot:
        app.transcript.show_turns([done_turn(f"long{number}", "word\n\n" * 9) for number in range(8)])
        await pilot.pause()
        app.transcript.show_path([done_turn("short", "needle")])
        if is_found:
            app.transcript.reveal_turn("short")
        await pilot.pause()
        assert any("needle" in row for row in app.shown())
        assert not differences(app.terminal, app.expected())


async def test_a_search_does_not_wait_for_a_turn_that_is_gone(monkeypatch: pytest.MonkeyPatch) -> None:
    app = TerminalHost()
    async with app.run_test(size=(80, 24)) as pilot:
        held = Held(monkeypatch)
        app.transcript.show_turns([done_turn("long", "some words of it\n\n" * 20_000 + "needle")])
        await pilot.pause()
        app.transcript.search("needle")
        matches = app.transcript.matches
        assert (matches.is_waiting, matches.is_due) == (True, False)
        app.transcript.show_path([done_turn("short", "nothing")])
        assert (matches.is_waiting, matches.is_due) == (False, True)
        held.go(app.transcript)
