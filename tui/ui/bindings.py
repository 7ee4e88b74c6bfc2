"""The one table of key bindings: footers, the F1 help and the README's key table are made from it.

Identifiers are stable and dotted: a person's settings may map them to other keys.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from textual.binding import Binding, BindingType


@dataclass(frozen=True, slots=True)
class Key:
    """One binding of the table."""

    identifier: str
    keys: str
    """Names of keys as Textual writes them, separated by commas; the first one is shown."""
    action: str
    description: str
    """One or two words, for the footer."""
    tooltip: str
    """A sentence, for the help."""
    show: bool = False
    """Whether the footer has it: at most six in a group."""
    priority: bool = False
    """Whether it works even while a widget that takes text has the focus."""
    display: str | None = None
    deletes: bool = False
    """Whether it takes something away, asked for or not: the palette never selects it by itself."""
    is_offer: bool = False
    """Whether the footer has it only while there is something to use it on: it applies what was found."""
    spends: bool = False
    """Whether it may send a request that is paid for: the palette never selects it by itself."""

    def binding(self) -> Binding:
        """Return the binding for a ``BINDINGS`` list."""
        return Binding(
            self.keys,
            self.action,
            self.description,
            show=self.show,
            key_display=self.display,
            priority=self.priority,
            tooltip=self.tooltip,
            id=self.identifier,
        )


GROUP_TITLES: dict[str, str] = {
    "everywhere": "Everywhere",
    "providers": "Provider list",
    "table": "Moving in a table",
    "form": "Provider form",
    "form.scroll": "Scrolling in the form",
    "form.model": "Compatible provider (model name)",
    "form.key": "API key",
    "form.choice": "A field with choices",
    "chat": "Chat",
    "chat.prompt": "Prompt of a chat",
    "transcript": "Transcript of a chat",
    "chat.reading": "Reading in a chat",
    "chat.rename": "Name of a conversation",
    "chat.setup": "Settings of a chat",
    "chat.figures": "Figures of a turn",
    "picker": "Choice of provider and model",
    "conversations": "Saved conversations",
    "diagnosis": "Diagnosis",
    "diagnosis.list": "Moving in a diagnosis",
    "diagnosis.details": "Details of a check",
    "discover": "Servers on this machine",
    "dialog": "Dialogs",
}
"""The titles of the groups, in the order of the help and the README."""

KEYS: dict[str, tuple[Key, ...]] = {
    "everywhere": (
        Key(
            "app.help", "f1", "help", "Help", "What has the focus, and every key that works here", True, True
        ),
        Key("app.palette", "ctrl+p", "command_palette", "Commands", "Find a command by its name"),
        Key(
            "app.quit",
            "ctrl+q",
            "quit",
            "Quit",
            "Leave; asks only while something would be lost",
            False,
            True,
        ),
        Key(
            "app.suspend",
            "ctrl+z",
            "suspend_process",
            "Suspend",
            "Put the program to sleep; the shell's fg wakes it",
            False,
            True,
        ),
        Key("app.hint", "ctrl+c", "help_quit", "Copy", "Copy the selection; without one, say how to quit"),
    ),
    "providers": (
        Key(
            "providers.chat",
            "enter",
            "chat",
            "Chat",
            "Chat with the provider under the cursor",
            True,
            spends=True,
        ),
        Key("providers.add", "a", "add", "Add", "Add a provider", True),
        Key(
            "providers.edit", "e", "edit", "Edit", "Edit the provider (view it, where it is read-only)", True
        ),
        Key(
            "providers.test",
            "t",
            "test",
            "Test",
            "Send one line to the provider and show what comes back",
            True,
            spends=True,
        ),
        Key(
            "providers.diagnose",
            "d",
            "diagnose",
            "Diagnose",
            "Find out step by step what is wrong",
            spends=True,
        ),
        Key("providers.discover", "f", "discover", "Find", "Find the model servers of this machine"),
        Key("providers.clone", "c", "clone", "Clone", "Make an editable copy"),
        Key(
            "providers.delete",
            "D,delete",
            "delete",
            "Delete",
            "Delete the provider; asks first",
            deletes=True,
        ),
        Key("providers.undo", "u", "undo", "Undo", "Bring back the provider deleted last"),
        Key(
            "providers.default", "asterisk", "default", "Default", "Make it the default provider", display="*"
        ),
        Key(
            "providers.state",
            "s",
            "state",
            "Active",
            "Activate or deactivate: an inactive one cannot be picked",
        ),
        Key(
            "providers.filter",
            "slash",
            "filter",
            "Filter",
            "Show only what contains the typed text",
            True,
            display="/",
        ),
        Key("providers.sort", "o", "sort", "Sort", "Sort by the next column"),
        Key("providers.reverse", "O", "reverse", "Reverse", "Sort the other way round"),
        Key("providers.columns", "w", "columns", "Columns", "Show every column, or those that fit"),
        Key("providers.refresh", "R,f5", "refresh", "Refresh", "Read the file again and check who answers"),
        Key("providers.history", "h,ctrl+o", "history", "History", "Open a saved conversation"),
        Key("providers.back", "escape", "back", "Clear filter", "Leave the filter and show everything"),
    ),
    "table": (
        Key("table.up", "up,k", "cursor_up", "Up", "Go one row up"),
        Key("table.down", "down,j", "cursor_down", "Down", "Go one row down"),
        Key("table.page_up", "pageup", "page_up", "Page up", "Go one page up"),
        Key("table.page_down", "pagedown", "page_down", "Page down", "Go one page down"),
        Key("table.top", "home,g", "scroll_top", "Top", "Go to the first row"),
        Key("table.bottom", "end,G", "scroll_bottom", "Bottom", "Go to the last row"),
        Key("table.left", "left", "cursor_left", "Left", "Scroll to the left, where every column is shown"),
        Key(
            "table.right",
            "right",
            "cursor_right",
            "Right",
            "Scroll to the right, where every column is shown",
        ),
    ),
    "form": (
        Key("form.save", "ctrl+s", "save", "Save", "Save and stay here", True, True),
        Key("form.save_exit", "f2", "save_exit", "Save & Exit", "Save and go back to the list", True, True),
        Key(
            "form.test",
            "f5,ctrl+t",
            "test",
            "Test",
            "Chat one line with the values as they stand, saved or not",
            True,
            True,
            spends=True,
        ),
        Key(
            "form.repair",
            "f4",
            "repair",
            "Repair",
            "Apply the correction offered under the field",
            True,
            True,
            is_offer=True,
        ),
        Key(
            "form.diagnose",
            "f7",
            "diagnose",
            "Diagnose",
            "Find out step by step what is wrong with the values as they stand",
            False,
            True,
            spends=True,
        ),
        Key(
            "form.clone", "f6", "clone", "Clone", "Make an editable copy of a read-only provider", True, True
        ),
        Key("form.cancel", "escape", "cancel", "Cancel", "Go back; asks when there are changes", True),
        Key("form.next", "down,enter", "next", "Next field", "Go to the next field"),
        Key("form.previous", "up", "previous", "Previous field", "Go to the field above"),
    ),
    "form.scroll": (
        Key("form.page_up", "pageup", "page_up", "Page up", "Scroll one page up"),
        Key("form.page_down", "pagedown", "page_down", "Page down", "Scroll one page down"),
    ),
    "form.model": (
        Key("model.next", "down", "suggest(1)", "Suggestions", "Mark the next model of the list"),
        Key("model.previous", "up", "suggest(-1)", "Previous", "Mark the model before"),
        Key("model.take", "enter", "take", "Take", "Take the marked model"),
        Key("model.close", "escape", "close_list", "Close", "Close the list"),
    ),
    "form.key": (
        Key(
            "key.reveal",
            "f3",
            "reveal",
            "Reveal",
            "Show the key while you stay in the field, or hide it again",
        ),
    ),
    "form.choice": (
        Key("choice.next", "right,space", "move(1)", "Next", "Take the choice to the right"),
        Key("choice.previous", "left", "move(-1)", "Previous", "Take the choice to the left"),
    ),
    "chat": (
        Key("chat.stop", "escape", "stop", "Stop", "Stop the answer; what came is kept", True),
        Key("chat.leave", "escape", "leave", "Prompt", "Close the search, or go to the prompt"),
        Key(
            "chat.focus", "tab", "switch_focus", "Transcript", "Go from the prompt to the transcript and back"
        ),
        Key("chat.model", "f2", "pick", "Model", "Choose the provider and the model", True, True),
        Key("chat.new", "ctrl+n", "new", "New", "Begin a new chat", True, True),
        Key(
            "chat.unsaved",
            "f10",
            "new_unsaved",
            "New unsaved",
            "Begin a chat that is never written to disk",
            False,
            True,
        ),
        Key("chat.open", "ctrl+o", "conversations", "Open", "Open a saved conversation", True, True),
        Key("chat.back", "ctrl+l", "back", "Providers", "Go back to the provider list", True, True),
        Key(
            "chat.again",
            "ctrl+r",
            "again",
            "Again",
            "Ask the last prompt again; its answer so far stays: [ shows it",
            False,
            True,
            spends=True,
        ),
        Key(
            "chat.continue",
            "ctrl+g",
            "go_on",
            "Go on",
            "Ask the model to go on with an answer that was cut",
            False,
            True,
            spends=True,
        ),
        Key("chat.copy_answer", "f3", "copy_answer", "Copy answer", "Copy the last answer", False, True),
        Key("chat.copy_code", "f4", "copy_code", "Copy code", "Copy the last block of code", False, True),
        Key(
            "chat.copy_reasoning",
            "alt+r",
            "copy_reasoning",
            "Copy reasoning",
            "Copy the last reasoning",
            False,
            True,
        ),
        Key(
            "chat.reasoning",
            "ctrl+t",
            "reasoning",
            "Reasoning",
            "Show or fold the reasoning of a turn",
            False,
            True,
        ),
        Key(
            "chat.all_reasoning",
            "f5",
            "all_reasoning",
            "All reasoning",
            "Show or fold every reasoning",
            False,
            True,
        ),
        Key("chat.search", "ctrl+f", "search", "Search", "Search in this conversation"),
        Key("chat.setup", "f6", "setup", "This chat", "Thinking and system prompt of this chat", False, True),
        Key("chat.rename", "f7", "rename", "Rename", "Give the conversation a name", False, True),
        Key(
            "chat.fork",
            "f8",
            "fork",
            "Copy chat",
            "Go on in a copy; the conversation itself stays as it is",
            False,
            True,
        ),
        Key("chat.page_up", "pageup", "page(-1)", "Page up", "Scroll the transcript up", False, True),
        Key("chat.page_down", "pagedown", "page(1)", "Page down", "Scroll the transcript down", False, True),
        Key(
            "chat.end",
            "ctrl+end,ctrl+down",
            "end",
            "End",
            "Go to the newest output and follow it",
            False,
            True,
        ),
        Key(
            "chat.details",
            "f9",
            "details",
            "Figures",
            "Every figure of the last turn, and how it came about",
            False,
            True,
        ),
        Key(
            "chat.diagnose",
            "f11,alt+d",
            "diagnose",
            "Diagnose",
            "Find out what is wrong; after a failed answer, explain it without asking again",
            False,
            True,
            spends=True,
        ),
        Key(
            "chat.mouse",
            "f12",
            "mouse",
            "Mouse",
            "Leave the mouse to the terminal, or take it back",
            False,
            True,
        ),
    ),
    "chat.prompt": (
        Key("prompt.send", "enter", "send", "Send", "Send the prompt", spends=True),
        Key("prompt.newline", "ctrl+j,alt+enter,shift+enter", "new_line", "New line", "Break the line"),
        Key(
            "prompt.up",
            "up",
            "cursor_up",
            "Up",
            "Move up; from the start of the text, recall the prompt before",
        ),
        Key(
            "prompt.down",
            "down",
            "cursor_down",
            "Down",
            "Move down; from the end of the text, recall the prompt after",
        ),
        Key("prompt.undo", "ctrl+underscore", "undo", "Undo", "Undo the last change", display="Ctrl+_"),
    ),
    "transcript": (
        Key("transcript.next_block", "j,down", "move_block(1)", "Next block", "Go to the next block"),
        Key(
            "transcript.previous_block", "k,up", "move_block(-1)", "Previous block", "Go to the block before"
        ),
        Key("transcript.next_turn", "J,shift+down", "move_turn(1)", "Next turn", "Go to the next turn"),
        Key(
            "transcript.previous_turn",
            "K,shift+up",
            "move_turn(-1)",
            "Previous turn",
            "Go to the turn before",
        ),
        Key(
            "transcript.half_page_down", "ctrl+d", "scroll_pages(0.5)", "Half down", "Scroll half a page down"
        ),
        Key("transcript.half_page_up", "ctrl+u", "scroll_pages(-0.5)", "Half up", "Scroll half a page up"),
        Key("transcript.top", "g,home", "go_top", "Beginning", "Go to the beginning of the conversation"),
        Key("transcript.end", "G,end", "follow_end", "Newest", "Go to the newest output and follow it"),
        Key("transcript.copy", "y", "copy_turn", "Copy turn", "Copy the turn under the cursor", True),
        Key(
            "transcript.copy_code",
            "c",
            "copy_code",
            "Copy code",
            "Copy the code block under the cursor",
            True,
        ),
        Key(
            "transcript.copy_reasoning",
            "r",
            "copy_reasoning",
            "Copy reasoning",
            "Copy the reasoning of the turn under the cursor",
            True,
        ),
        Key(
            "transcript.reasoning",
            "space,enter",
            "toggle_reasoning",
            "Fold",
            "Show or fold the reasoning of the turn under the cursor",
        ),
        Key(
            "transcript.open_link", "o", "open_link", "Open link", "Show the link of the block, then open it"
        ),
        Key("transcript.next_match", "n", "next_match", "Next match", "Go to the next match of the search"),
        Key(
            "transcript.previous_match",
            "N",
            "previous_match",
            "Previous match",
            "Go to the match before of the search",
        ),
    ),
    "chat.reading": (
        Key("reading.search", "slash", "search", "Search", "Search in this conversation", display="/"),
        Key("reading.all_reasoning", "T", "all_reasoning", "All reasoning", "Show or fold every reasoning"),
        Key("reading.raw", "v", "raw", "Raw", "Show the text as it came, or as Markdown"),
        Key("reading.wrap", "w", "wrap", "Wrap", "Wrap long lines of code, or cut them"),
        Key(
            "reading.previous_variant",
            "left_square_bracket",
            "variant(-1)",
            "Previous answer",
            "Show and use the answer before this one to the same prompt",
            display="[",
        ),
        Key(
            "reading.next_variant",
            "right_square_bracket",
            "variant(1)",
            "Next answer",
            "Show and use the answer after this one to the same prompt",
            display="]",
        ),
        Key("reading.prompt", "i", "prompt", "Prompt", "Go to the prompt"),
    ),
    "chat.rename": (Key("rename.cancel", "escape", "cancel", "Cancel", "Leave the name as it is", True),),
    "chat.setup": (
        Key("setup.apply", "ctrl+s", "apply", "Apply", "Use these from the next prompt on", True, True),
        Key("setup.cancel", "escape", "cancel", "Cancel", "Go back without a change", True),
    ),
    "chat.figures": (Key("figures.close", "escape,f9,q", "close", "Close", "Close the figures", True),),
    "picker": (
        Key("picker.cancel", "escape", "cancel", "Cancel", "Go back without choosing"),
        Key("picker.next", "down", "move(1)", "Next", "Go to the next line", False, True),
        Key("picker.previous", "up", "move(-1)", "Previous", "Go to the line before", False, True),
        Key(
            "picker.switch",
            "tab,shift+tab",
            "switch",
            "Switch",
            "Go from the providers to the models and back",
            False,
            True,
        ),
    ),
    "conversations": (
        Key("conversations.open", "enter", "open", "Open", "Open the conversation under the cursor", True),
        Key(
            "conversations.fork",
            "c",
            "fork",
            "Copy",
            "Go on in a copy; the conversation itself stays as it is",
            True,
        ),
        Key("conversations.rename", "r", "rename", "Rename", "Give the conversation another name", True),
        Key(
            "conversations.delete",
            "D,delete",
            "delete",
            "Delete",
            "Delete the conversation; asks first",
            True,
            display="D",
            deletes=True,
        ),
        Key("conversations.undo", "u", "undo", "Undo", "Bring back the conversation deleted last"),
        Key(
            "conversations.filter",
            "slash",
            "filter",
            "Filter",
            "Show only what contains the typed text",
            True,
            display="/",
        ),
        Key("conversations.back", "escape", "back", "Back", "Leave the filter, or go back"),
    ),
    "diagnosis": (
        Key(
            "diagnosis.details",
            "enter",
            "details",
            "Details",
            "Everything about the check under the cursor; on a correction: apply it",
            True,
            spends=True,
        ),
        Key(
            "diagnosis.apply",
            "u",
            "apply",
            "Use it",
            "Apply the correction that is offered",
            True,
            is_offer=True,
            spends=True,
        ),
        Key("diagnosis.again", "r", "again", "Again", "Check from the beginning", True, spends=True),
        Key("diagnosis.copy", "y", "copy_report", "Copy report", "Copy the report, keys erased", True),
        Key(
            "diagnosis.curl",
            "c",
            "copy_curl",
            "Copy curl",
            "Copy a curl command that repeats the request, the key as a variable",
            True,
        ),
        Key("diagnosis.back", "escape", "back", "Stop", "Stop the check; when it is done, go back"),
    ),
    "diagnosis.list": (
        Key("rungs.up", "up,k", "cursor_up", "Up", "Go one row up"),
        Key("rungs.down", "down,j", "cursor_down", "Down", "Go one row down"),
        Key("rungs.page_up", "pageup", "page_up", "Page up", "Go one page up"),
        Key("rungs.page_down", "pagedown", "page_down", "Page down", "Go one page down"),
        Key("rungs.top", "home,g", "scroll_top", "Top", "Go to the first row"),
        Key("rungs.bottom", "end,G", "scroll_bottom", "Bottom", "Go to the last row"),
    ),
    "diagnosis.details": (
        Key("rung_details.close", "escape,enter,q", "close", "Close", "Close the details", True),
    ),
    "discover": (
        Key("discover.add", "enter,a", "add", "Add", "Add the server as a provider", True),
        Key("discover.refresh", "r,f5", "refresh", "Look again", "Ask every port once more", True),
        Key("discover.back", "escape", "back", "Back", "Stop looking and go back", True),
    ),
    "dialog": (
        Key("dialog.back", "escape", "back", "Back", "Go back without doing anything"),
        Key("dialog.next", "right,down", "next", "Next", "Go to the next button"),
        Key("dialog.previous", "left,up", "previous", "Previous", "Go to the button before"),
    ),
}
"""Every binding of the program, by group."""


RISKY = frozenset(key.identifier for group in KEYS.values() for key in group if key.deletes or key.spends)
"""What is only done where the person chose it: it deletes, or sends a request that is paid for."""

OFFERS = frozenset(key.identifier for group in KEYS.values() for key in group if key.is_offer)
"""What no footer shows greyed: where nothing is offered there is nothing to use it on."""

IDENTIFIERS = frozenset(key.identifier for group in KEYS.values() for key in group)
"""What a person's settings may map to other keys."""


def bindings_of(*groups: str) -> list[BindingType]:
    """Return the bindings of groups, for a ``BINDINGS`` list."""
    return [key.binding() for group in groups for key in KEYS[group]]


def remapped(key: Key, keys: Mapping[str, str]) -> Key:
    """Return the binding with the keys that a person's settings give it."""
    own = keys.get(key.identifier)
    return key if own is None else replace(key, keys=own.replace(" ", ""), display=None)


def key_names(key: Key) -> str:
    """Return the keys of a binding as people write them: ``F5, Ctrl+T``."""
    if key.display:
        return key.display
    return ", ".join(spelled_key(name) for name in key.keys.split(","))


_SPELLINGS = {
    "slash": "/",
    "pageup": "PgUp",
    "pagedown": "PgDn",
    "asterisk": "*",
    "escape": "Esc",
    "delete": "Del",
    "question_mark": "?",
}


def spelled_key(name: str) -> str:
    """Return a key as people write it: ``Ctrl+T`` for what Textual calls ``ctrl+t``."""
    if len(name) == 1:
        return name
    parts = name.split("+")
    spelled = [_SPELLINGS.get(part, part if len(part) == 1 else part.capitalize()) for part in parts]
    return "+".join(part.upper() if len(parts) > 1 and len(part) == 1 else part for part in spelled)


def key_table() -> str:
    """Return the README's table of all keys, in Markdown."""
    return "\n".join(_table_lines(GROUP_TITLES))


def _table_lines(groups: Iterable[str]) -> Iterator[str]:
    for group in groups:
        yield f"| {GROUP_TITLES[group]} | | |"
        yield "| --- | --- | --- |"
        for key in KEYS[group]:
            yield f"| `{key_names(key)}` | {key.tooltip} | `{key.identifier}` |"
        yield ""
