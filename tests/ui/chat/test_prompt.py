"""The prompt: keys in order, pastes unchanged, no layout and no blinking."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual.app import App, ComposeResult
from textual.events import Key, Paste
from textual.pilot import Pilot
from textual.widgets import Static

from tui.core.safe_text import safe_text
from tui.ui.chat.prompt import Prompt
from tui.ui.chat.prompt_text import to_display, to_document, to_raw
from tui.ui.shell.readline import CUT_TEXT
from tui.ui.textual_compat.terminal_input import TerminalInput

HOSTILE = "a\x1b[2Jb\x00\x07\x9b\u202e\u200b\U000e0041\x7f\td\ne\U000e0101\u3164\u00ad\U0001d173"


class PromptApp(App[None]):
    """A prompt between two neighbours."""

    CSS = "Prompt { height: 4; border-top: solid red; overflow: hidden hidden; }"

    def __init__(self) -> None:
        super().__init__()
        self.sent: list[str] = []
        self.is_open = True
        self.copied: list[str] = []
        self.rows = 1

    def compose(self) -> ComposeResult:
        yield Static("above")
        yield Prompt(self.send)

    def send(self, text: str) -> bool:
        if self.is_open:
            self.sent.append(text)
        return self.is_open

    def on_prompt_copy_requested(self, event: Prompt.CopyRequested) -> None:
        self.copied.append(event.text)

    def on_prompt_rows_changed(self, event: Prompt.RowsChanged) -> None:
        self.rows = event.rows

    @property
    def prompt(self) -> Prompt:
        return self.query_one(Prompt)


async def burst(app: PromptApp, pilot: Pilot[None], *keys: str) -> None:
    """Deliver keys as a slow line does: all in one read."""
    for key in keys:
        app.post_message(Key(key, key if len(key) == 1 else None))
    await pilot.pause()
    await pilot.pause()


async def paste(app: PromptApp, pilot: Pilot[None], text: str) -> None:
    app.post_message(Paste(text))
    await pilot.pause()


async def test_enter_sends_and_the_prompt_is_empty_again() -> None:
    async with PromptApp().run_test() as pilot:
        app = pilot.app
        assert isinstance(app, PromptApp)
        await pilot.press(*"hello", "enter")
        assert app.sent == ["hello"]
        assert app.prompt.text == ""


async def test_what_is_not_accepted_stays() -> None:
    app = PromptApp()
    app.is_open = False
    async with app.run_test() as pilot:
        await pilot.press(*"hello", "enter")
        assert (app.sent, app.prompt.value) == ([], "hello")


@pytest.mark.parametrize("key", ["ctrl+j", "alt+enter", "shift+enter"])
async def test_a_line_can_be_broken(key: str) -> None:
    app = PromptApp()
    async with app.run_test() as pilot:
        await pilot.press("a", key, "b", "enter")
        assert app.sent == ["a\nb"]


async def test_keys_of_one_read_take_effect_in_their_order() -> None:
    app = PromptApp()
    async with app.run_test() as pilot:
        await burst(
            app, pilot, "a", "b", "backspace", "c", "ctrl+j", "d", "enter", "e", "left", "f", "enter", "g"
        )
        assert app.sent == ["ac\nd", "fe"]
        assert app.prompt.text == "g"


async def test_a_mapped_key_sends_instead() -> None:
    app = PromptApp()
    async with app.run_test() as pilot:
        app.set_keymap({"prompt.send": "ctrl+s", "prompt.newline": "enter"})
        await pilot.press("a", "enter", "b", "ctrl+s")
        assert app.sent == ["a\nb"]


@pytest.mark.parametrize("sequence", ["\x1b\r", "\x1b\n"])
def test_terminals_that_send_alt_enter_as_escape_and_enter_are_understood(sequence: str) -> None:
    assert TerminalInput().feed(f"a{sequence}b") == ["a\x1b[13;3ub"]


@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
async def test_a_paste_keeps_its_lines_and_sends_nothing(line_end: str) -> None:
    app = PromptApp()
    async with app.run_test() as pilot:
        await paste(app, pilot, line_end.join(("one", "two", "three", "four")))
        assert app.sent == []
        assert app.prompt.value == "one\ntwo\nthree\nfour"
        assert app.rows == 4


@pytest.mark.parametrize("pasted", ["/quit", "/model other", "/two some\nlines", "/review " + "line\n" * 30])
async def test_a_command_in_a_paste_is_text_wherever_it_is_kept(pasted: str) -> None:
    app = PromptApp()
    async with app.run_test() as pilot:
        await paste(app, pilot, pasted)
        assert app.prompt.unsent == f"/{pasted}"
        await pilot.press("enter")
        assert app.sent == [f"/{pasted}"]
        await pilot.press("up", "enter")
        assert app.sent == [f"/{pasted}"] * 2
        await paste(app, pilot, pasted)
        await pilot.press("ctrl+c", "up", "enter")
        assert app.sent == [f"/{pasted}"] * 3


async def test_a_paste_that_is_no_command_is_sent_as_it_is() -> None:
    app = PromptApp()
    async with app.run_test() as pilot:
        await paste(app, pilot, "/usr/bin/env python")
        await pilot.press("enter")
        assert app.sent == ["/usr/bin/env python"]


@pytest.mark.parametrize(
    ("keys", "pasted", "more", "sent"),
    [
        ("/model ", "qwen", "", "/model qwen"),  # an argument
        ("/", "model qwen", "", "/model qwen"),  # behind a typed slash
        ("", "/mode qwen", ["home", *["right"] * 5, "l"], "/model qwen"),  # changed by hand
        ("", "/two text", ["home", "delete", "/"], "/two text"),  # typed anew
        ("", "/two text", [*" more"], "//two text more"),
        ("", "/tw", ["o"], "/two"),
        ("draft", "/two text", ["ctrl+u", *"/two"], "/two"),
    ],
)
async def test_a_typed_command_stays_one_beside_a_paste(
    keys: str, pasted: str, more: list[str], sent: str
) -> None:
    app = PromptApp()
    async with app.run_test() as pilot:
        await pilot.press(*keys)
        await paste(app, pilot, pasted)
        await pilot.press(*more, "enter")
        assert app.sent == [sent]


async def test_control_characters_of_a_paste_are_pictures_on_screen_and_themselves_in_the_text() -> None:
    app = PromptApp()
    async with app.run_test(size=(60, 10)) as pilot:
        await paste(app, pilot, HOSTILE)
        shown = "".join(segment.text for strip in app.screen._compositor.render_strips() for segment in strip)
        assert "a␛[2Jb␀␇" in shown
        assert not {"\x1b", "\x9b", "\u202e", "\u200b", "\x00", "\U000e0101", "\u3164", "\u00ad"} & set(shown)
        assert app.prompt.value == HOSTILE
        await pilot.press("enter")
        assert app.sent == [HOSTILE]


@given(st.text())
def test_every_text_comes_back_as_it_was(text: str) -> None:
    kept = "".join(character for character in text if ord(character) < 0x100000)
    assert to_raw(to_document(kept)) == kept


@given(st.text())
def test_nothing_drawn_can_command_a_terminal(text: str) -> None:
    shown = to_display(to_document(text))
    assert safe_text(shown) == shown


def test_a_tower_of_combining_marks_is_cut_on_screen_only() -> None:
    for mark in "\u0301\u0488\U0001e8d0\u11a8":
        text = "e" + mark * 50
        assert to_display(to_document(text)).count(mark) == 8
        assert to_raw(to_document(text)) == text


def test_what_an_emoji_or_a_script_needs_is_pasted_as_it_is() -> None:
    text = "👩🏽\u200d💻 ❤️ می\u200cخواهم क्\u200dष"
    assert to_document(text) == text


async def test_up_in_the_first_line_recalls_and_down_in_the_last_one_returns_to_the_draft() -> None:
    app = PromptApp()
    async with app.run_test() as pilot:
        await pilot.press(*"one", "enter", *"two", "enter", *"dr")
        await pilot.press("up")
        assert app.prompt.value == "two"
        await pilot.press("up")
        assert app.prompt.value == "one"
        await pilot.press("up")
        assert app.prompt.value == "one"
        await pilot.press("down")
        assert app.prompt.value == "two"
        await pilot.press("left", "down")
        assert app.prompt.value == "dr"
        await pilot.press("left", "down")
        assert (app.prompt.value, app.prompt.cursor_location) == ("dr", (0, 2))


@pytest.mark.parametrize("line_break", ["ctrl+j", "space"])
async def test_within_several_lines_up_and_down_move_the_cursor(line_break: str) -> None:
    app = PromptApp()
    async with app.run_test(size=(40, 24)) as pilot:
        lines = ["a" * 30, "b" * 30, "c" * 30]
        await pilot.press(*"old", "enter")
        for line in lines:
            await pilot.press(*line, line_break)
        await pilot.press("backspace")
        text = app.prompt.value
        rows = app.prompt.wrapped_document.height
        assert rows == 3
        await pilot.press("left", "up", "up")
        row = app.prompt.wrapped_document.location_to_offset(app.prompt.cursor_location).y
        assert (app.prompt.value, row) == (text, 0)
        await pilot.press("down", "down", "down")
        assert (app.prompt.value, app.prompt.cursor_at_end_of_text) == (text, True), "no walk: nothing newer"
        await pilot.press("up", "up", "up")
        assert app.prompt.value == "old"
        await pilot.press("down")
        assert app.prompt.value == text


async def test_a_recalled_prompt_of_several_lines_is_moved_through() -> None:
    app = PromptApp()
    async with app.run_test() as pilot:
        await pilot.press("a", "ctrl+j", "b", "enter", "up")
        assert app.prompt.value == "a\nb"
        assert app.prompt.cursor_location == (1, 1), "behind it, as in a shell"
        await pilot.press("left", "up")
        assert (app.prompt.value, app.prompt.cursor_location) == ("a\nb", (0, 0))
        await pilot.press("down", "down")
        assert app.prompt.value == ""


async def test_up_walks_on_through_prompts_of_several_lines() -> None:
    app = PromptApp()
    async with app.run_test() as pilot:
        await pilot.press("o", "l", "d", "enter", "a", "ctrl+j", "b", "enter", "up", "up", "!", "enter")
        assert app.sent == ["old", "a\nb", "old!"]


async def test_up_in_an_empty_prompt_without_history_does_nothing() -> None:
    app = PromptApp()
    async with app.run_test() as pilot:
        await pilot.press("up", "d")
        assert app.prompt.value == "d"


async def test_copying_asks_for_the_route_that_works_and_cutting_keeps_the_raw_text() -> None:
    app = PromptApp()
    async with app.run_test() as pilot:
        await paste(app, pilot, "a\x1bb")
        await pilot.press("shift+home", "ctrl+c")
        assert app.copied == ["a\x1bb"]
        await pilot.press("ctrl+w")
        assert app.prompt.text == ""
        assert CUT_TEXT.text == "a\x1bb"
        await pilot.press("ctrl+y")
        assert app.prompt.value == "a\x1bb"


async def test_an_offered_text_never_replaces_what_was_typed() -> None:
    app = PromptApp()
    async with app.run_test() as pilot:
        assert app.prompt.offer("back again")
        assert app.prompt.value == "back again"
        await pilot.press("right", "!")
        assert not app.prompt.offer("another")
        assert app.prompt.value == "back again!"


async def test_typing_replaces_an_offered_text() -> None:
    app = PromptApp()
    async with app.run_test() as pilot:
        assert app.prompt.offer("back again")
        await pilot.press(*"next")
        assert app.prompt.value == "next"


async def test_typing_lays_nothing_out(monkeypatch: pytest.MonkeyPatch) -> None:
    app = PromptApp()
    async with app.run_test() as pilot:
        await pilot.press(*"ab")
        layouts: list[object] = []
        monkeypatch.setattr(app.screen, "_refresh_layout", lambda *args, **options: layouts.append(args))
        await pilot.press(*"cd", "ctrl+j", *"ef", "ctrl+j", "g", "ctrl+j", "backspace", "up", "h")
        assert layouts == []
        assert app.prompt.value == "abcd\nehf\ng"


async def test_the_cursor_stays_in_sight_in_a_long_text() -> None:
    app = PromptApp()
    async with app.run_test() as pilot:
        await paste(app, pilot, "".join(f"{number}\n" for number in range(20)))
        await paste(app, pilot, "\n".join(map(str, range(20, 40))))
        assert app.prompt.scroll_offset.y == 37
        await pilot.press(*["up"] * 30)
        row = app.prompt.cursor_location[0]
        assert row == 9
        assert 0 <= row - app.prompt.scroll_offset.y < 3


async def test_at_rest_no_timer_runs() -> None:
    app = PromptApp()
    async with app.run_test() as pilot:
        await pilot.press("a")
        assert app.prompt.blink_timer._active.is_set() is False


async def test_ctrl_underscore_undoes_a_change() -> None:
    app = PromptApp()
    async with app.run_test(size=(60, 10)) as pilot:
        await paste(app, pilot, "one two")
        await pilot.press("ctrl+w")
        assert app.prompt.value == "one "
        await pilot.press("ctrl+underscore")
        assert app.prompt.value == "one two"
