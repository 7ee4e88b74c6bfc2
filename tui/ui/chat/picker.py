"""The choice of provider and model: what the endpoint offers right now, or any name that is typed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, NamedTuple

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from tui.core.failure import LmdeckError
from tui.core.provider import Provider
from tui.core.safe_text import safe_line, safe_text
from tui.core.server_words import failure_text
from tui.ui.background import in_background
from tui.ui.bindings import bindings_of
from tui.ui.deck import runtime_of
from tui.ui.shell.modal import Window
from tui.ui.shell.plain_input import PlainInput

_MOST_SHOWN = 300
"""Models listed at a time: laying out thousands would hold up each key."""


class Picked(NamedTuple):
    """What was chosen."""

    provider: Provider
    model: str


class ModelPicker(Window[Picked | None]):
    """Providers on the left, the models of the one under the cursor on the right."""

    CSS_PATH = "windows.tcss"
    BINDINGS: ClassVar[list[BindingType]] = bindings_of("picker")
    KEY_GROUPS: ClassVar[tuple[str, ...]] = ("picker",)
    HELP_TEXT: ClassVar[str] = (
        "Providers that are active. Type to find a model; a name that is not listed can be used too."
    )

    def __init__(self, providers: Sequence[Provider], provider: Provider | None, model: str) -> None:
        super().__init__()
        self._providers = tuple(providers)
        names = [known.name for known in providers]
        self._first = names.index(provider.name) if provider is not None and provider.name in names else None
        self._model = model
        self._offered: dict[str, list[str]] = {}
        self._notes: dict[str, str] = {}
        self._shown: list[str] = []

    def compose(self) -> ComposeResult:
        """Lay out the window."""
        with Vertical(classes="window"):
            with Horizontal(id="panes"):
                yield OptionList(
                    *(Option(_provider_line(known)) for known in self._providers), id="providers"
                )
                with Vertical(id="models-pane"):
                    yield PlainInput(placeholder="Type to find a model, or any model's name", id="model-text")
                    yield OptionList(id="models")
            yield Static(id="models-note")

    def on_mount(self) -> None:
        """Show what is used now."""
        window = self.query_one(".window")
        window.border_title = "Provider and model"
        window.border_subtitle = "Enter takes it · Tab switches · Esc leaves it"
        self._list("providers").highlighted = (self._first or 0) if self._providers else None
        self.query_one(Input).focus()

    def _list(self, name: str) -> OptionList:
        return self.query_one(f"#{name}", OptionList)

    @property
    def provider(self) -> Provider | None:
        """The provider under the cursor."""
        index = self._list("providers").highlighted
        return self._providers[index] if index is not None else None

    # ── Models ──────────────────────────────────────────────────────────────────────────────

    def on_option_list_option_highlighted(self, event: OptionList.OptionHighlighted) -> None:
        """Another provider is under the cursor: show its models, asking for them once."""
        provider = self.provider
        if event.option_list.id != "providers" or provider is None:
            return
        if provider.name not in self._offered:
            self._offered[provider.name] = []
            self._notes[provider.name] = "Asking what the endpoint offers…"
            in_background(self, self._ask, provider, group=f"models-{provider.name}")
        self._show_models()

    async def _ask(self, provider: Provider) -> None:
        try:
            found = await runtime_of(self).list_models(provider)
        except LmdeckError as error:
            self._notes[provider.name] = failure_text(error.failure)
        else:
            names = [model.identifier for model in found.models if not model.is_embedding]
            self._offered[provider.name] = names
            count = f"{len(names)} model{'' if len(names) == 1 else 's'}" if names else "no models"
            self._notes[provider.name] = f"The endpoint offers {count}."
        if self.is_mounted and self.provider is provider:
            self._show_models()

    def on_input_changed(self) -> None:
        """Find while it is typed."""
        self._show_models()

    def _show_models(self) -> None:
        provider = self.provider
        if provider is None:
            return
        typed = self.query_one(Input).value.strip()
        current = self._model if provider == self._current_provider() else provider.model
        found = _matching(provider, self._offered.get(provider.name, []), typed)
        self._shown = _first_of(found, current)
        models = self._list("models")
        models.clear_options()
        models.add_options([Option(self._model_line(provider, name, typed)) for name in self._shown])
        models.highlighted = self._shown.index(current) if current in self._shown and not typed else 0
        note = self._notes.get(provider.name, "")
        if (more := len(found) - len(self._shown)) > 0:
            note += f" {more:,} more match: type more of the name."
        self.query_one("#models-note", Static).update(Content(safe_text(note)))

    def _current_provider(self) -> Provider | None:
        return self._providers[self._first] if self._first is not None else None

    def _model_line(self, provider: Provider, name: str, typed: str) -> Content:
        if name == provider.model:
            note = "  its own"
        elif name == typed and name not in self._offered.get(provider.name, []):
            note = "  as typed"
        else:
            note = ""
        return Content.assemble(safe_line(name), (note, "dim"))

    # ── Choosing ────────────────────────────────────────────────────────────────────────────

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Enter on a model takes it; on a provider it goes on to the models."""
        if event.option_list.id == "providers":
            self.query_one(Input).focus()
        else:
            self._take()

    def on_input_submitted(self) -> None:
        """Enter while typing takes the model under the cursor."""
        self._take()

    def _take(self) -> None:
        provider, index = self.provider, self._list("models").highlighted
        if provider is not None and index is not None and index < len(self._shown):
            self.dismiss(Picked(provider, self._shown[index]))

    def action_move(self, step: int) -> None:
        """Move in the list that the keys belong to: the models while typing."""
        focused = self.focused
        target = focused if isinstance(focused, OptionList) else self._list("models")
        if step > 0:
            target.action_cursor_down()
        else:
            target.action_cursor_up()

    def action_switch(self) -> None:
        """Go from the models to the providers, and back."""
        providers = self._list("providers")
        (self.query_one(Input) if self.focused is providers else providers).focus()

    def action_cancel(self) -> None:
        """Choose nothing."""
        self.dismiss(None)


def _provider_line(provider: Provider) -> Content:
    return Content(safe_line(provider.label, 60))


def _first_of(found: list[str], current: str) -> list[str]:
    """Return as many names as a person looks through; the one that is used now is always among them."""
    shown = found[:_MOST_SHOWN]
    return shown if current in shown or current not in found else [current, *shown]


def _matching(provider: Provider, offered: Sequence[str], typed: str) -> list[str]:
    """Return the models to choose from: the provider's own first; what is typed last, where it is new."""
    names = list(dict.fromkeys(name for name in (provider.model, *offered) if name))
    if not typed:
        return names
    found = [name for name in names if typed.casefold() in name.casefold()]
    return found if typed in found else [*found, typed]
