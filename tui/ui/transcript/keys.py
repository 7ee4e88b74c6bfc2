"""The transcript's keys: identifiers are stable, so that people can bind others."""

from __future__ import annotations

from textual.binding import Binding, BindingType

TRANSCRIPT_BINDINGS: list[BindingType] = [
    Binding("j,down", "move_block(1)", "Next block", show=False, id="transcript.next_block"),
    Binding("k,up", "move_block(-1)", "Previous block", show=False, id="transcript.previous_block"),
    Binding("J,shift+down", "move_turn(1)", "Next turn", show=False, id="transcript.next_turn"),
    Binding("K,shift+up", "move_turn(-1)", "Previous turn", show=False, id="transcript.previous_turn"),
    Binding("ctrl+d", "scroll_pages(0.5)", "Half a page down", show=False, id="transcript.half_page_down"),
    Binding("ctrl+u", "scroll_pages(-0.5)", "Half a page up", show=False, id="transcript.half_page_up"),
    Binding("pagedown", "scroll_pages(1)", "Page down", show=False, id="transcript.page_down"),
    Binding("pageup", "scroll_pages(-1)", "Page up", show=False, id="transcript.page_up"),
    Binding("g,home", "go_top", "Beginning", show=False, id="transcript.top"),
    Binding("G,end", "follow_end", "Newest", show=False, id="transcript.end"),
    Binding("y", "copy_turn", "Copy turn", tooltip="Copy the text of the turn", id="transcript.copy"),
    Binding("c", "copy_code", "Copy code", tooltip="Copy the code block", id="transcript.copy_code"),
    Binding("r", "toggle_reasoning", "Reasoning", tooltip="Fold or unfold it", id="transcript.reasoning"),
    Binding("R", "copy_reasoning", "Copy reasoning", show=False, id="transcript.copy_reasoning"),
    Binding("o", "open_link", "Open link", show=False, id="transcript.open_link"),
    Binding("n", "next_match", "Next match", show=False, id="transcript.next_match"),
    Binding("N", "previous_match", "Previous match", show=False, id="transcript.previous_match"),
]
