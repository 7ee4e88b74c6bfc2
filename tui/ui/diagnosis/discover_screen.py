"""The model servers of this machine: listening ports on loopback, their models, and a key to add them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, ClassVar

from rich.cells import cell_len
from textual import events
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.content import Content
from textual.widgets import Static

from tui.core.counted import Counted
from tui.core.endpoint_url import inspect_url
from tui.core.provider import Provider
from tui.core.safe_text import safe_line
from tui.core.server_words import failure_text
from tui.runtime.builtin import ENGINE_NAME
from tui.texts import discover as texts
from tui.texts import provider_list as shared
from tui.texts.cli import BUILT_IN, NEEDS_KEY
from tui.ui.background import in_background
from tui.ui.bindings import bindings_of
from tui.ui.shell.base import LmdeckScreen
from tui.ui.shell.binding_bar import BindingBar
from tui.ui.shell.list_rows import ListColumn, ListRow
from tui.ui.shell.model_choice import ModelChoice
from tui.ui.shell.offers import Offer, OfferLine, key_of
from tui.ui.shell.pane import Pane
from tui.ui.shell.row_list import RowList

if TYPE_CHECKING:
    from tui.net.discover import Discovered, Discovery
    from tui.net.machine.snapshot import RunningServer

_COLUMNS = (
    (texts.PORT, 5),
    (shared.SERVER, 22),
    (texts.MODELS, 0),
    (texts.PROCESS, 24),
    (shared.STATE, 26),
)
"""Titles and widths; the models get what the others leave."""
_MODELS = 2
_PROCESS = 3
_NARROWEST = 20
_PADDING = 2
_NAMED = 5

_ADD = Offer("discover.add", texts.OFFER_ADD)
_SHOW = Offer("discover.add", texts.OFFER_SHOW)
_RESCAN = Offer("discover.refresh", texts.OFFER_RESCAN)


class DiscoverScreen(LmdeckScreen[str | None]):
    """Scans the ports of loopback; returns the name of a provider to select, or ``None``."""

    CSS_PATH = "discover_screen.tcss"
    BINDINGS: ClassVar[list[BindingType]] = bindings_of("discover")
    KEY_GROUPS: ClassVar[tuple[str, ...]] = ("discover", "table")
    HELP_TEXT: ClassVar[str] = texts.HELP

    def __init__(self) -> None:
        super().__init__()
        self._found: dict[int, Discovered] = {}
        self._starting: tuple[RunningServer, ...] = ()

    def compose(self) -> ComposeResult:
        """Create the table above the details of the selected server."""
        with Pane(id="servers-pane"):
            table = RowList("servers")
            yield table.heads
            yield table
            yield Static(id="nothing")
        with Pane(id="about-pane"):
            yield Static(id="about")
            yield OfferLine()
        yield BindingBar()

    def on_mount(self) -> None:
        """Start scanning immediately."""
        words = texts.NONE_FOUND.format(
            again=key_of(self, "discover.refresh"),
            back=key_of(self, "discover.back"),
            add=key_of(self, "providers.add"),
        )
        self.query_one("#nothing", Static).update(Content(words))
        self.table.focus()
        self.action_refresh()

    @property
    def table(self) -> RowList:
        """The table."""
        return self.query_one(RowList)

    @property
    def current(self) -> Discovered | None:
        """The selected server."""
        key = self.table.current_key
        return self._found.get(int(key)) if key is not None else None

    # ── Scanning ────────────────────────────────────────────────────────────────────────────

    def action_refresh(self) -> None:
        """Scan all ports again."""
        self._found, self._starting = {}, ()
        self._say(texts.SCANNING)
        self._show()
        self.query_one("#nothing").remove_class("-shown")
        in_background(self, self._scan, group="discover", exclusive=True)

    async def _scan(self) -> None:
        discovery = await self.runtime.discover(self._on_found, self._on_scanned)
        self._found = {server.port: server for server in discovery.servers}
        self._starting = discovery.starting
        self._show()
        self._say(_summary(discovery))
        self.query_one("#nothing").set_class(not discovery.servers, "-shown")

    def _on_found(self, server: Discovered) -> None:
        self._found[server.port] = server
        self._show()

    def _on_scanned(self, done: int, total: int) -> None:
        self._say(texts.SCANNED.format(done=done, total=Counted(total)))

    def _say(self, text: str) -> None:
        self.query_one("#servers-pane", Pane).set_title(texts.TITLE, text)

    # ── Display ─────────────────────────────────────────────────────────────────────────────

    def _show(self) -> None:
        """Create the rows again, keeping the selected server."""
        rows = {str(port): self._cells(self._found[port]) for port in sorted(self._found)}
        shown = self._columns([*rows.values()])
        columns = [
            ListColumn(_COLUMNS[index][0], _COLUMNS[index][0], width) for index, width in shown.items()
        ]
        cells = {key: tuple(found[index] for index in shown) for key, found in rows.items()}
        self.table.fill(columns, [ListRow(key, partial(tuple, found)) for key, found in cells.items()])
        self._show_about()

    def _columns(self, rows: Sequence[Sequence[str]]) -> dict[int, int]:
        """Return the columns that fit with their widths; the process is dropped first."""
        widths: dict[int, int] = {}
        for index, (title, most) in enumerate(_COLUMNS):
            longest = max((cell_len(row[index]) for row in rows), default=0)
            widths[index] = max(len(title), min(most, longest))
        if self._left(widths) < _NARROWEST:
            del widths[_PROCESS]
        widths[_MODELS] = max(_NARROWEST, self._left(widths))
        return widths

    def _left(self, widths: dict[int, int]) -> int:
        """Return the width that the other columns leave for the models."""
        taken = sum(width for index, width in widths.items() if index != _MODELS)
        room = (self.table.size.width or self.app.size.width - 4) - self.table.styles.scrollbar_size_vertical
        return room - taken - _PADDING * len(widths)

    def _cells(self, server: Discovered) -> tuple[str, str, str, str, str]:
        process = server.owner.process if server.owner is not None else None
        return (
            str(server.port),
            safe_line(server.shown_kind),
            _models(server.models, 200),
            shared.UNKNOWN
            if process is None
            else texts.PID.format(name=safe_line(process.name), pid=process.pid),
            self._state(server),
        )

    def _state(self, server: Discovered) -> str:
        if server.is_engine:
            return BUILT_IN
        if (known := self._provider_of(server)) is not None:
            return texts.LISTED.format(name=safe_line(known.name))
        if server.needs_key:
            return NEEDS_KEY
        return texts.NEW if server.failure is None else safe_line(server.failure.cause.replace("-", " "))

    def _provider_of(self, server: Discovered) -> Provider | None:
        """Return the existing provider for this server."""
        for provider in self.runtime.directory.providers():
            report = inspect_url(provider.provider_url)
            if report.is_loopback and report.port == server.port:
                return provider
        return None

    def _show_about(self) -> None:
        server = self.current
        lines: list[Content] = []
        if server is not None:
            tokens = server.context_window
            window = shared.CONTEXT_WINDOW.format(tokens=tokens) if tokens else ""
            kind = " · ".join(filter(None, (safe_line(server.shown_kind), window)))
            lines.append(Content.assemble((safe_line(server.url), "bold"), "  ", (kind, "dim")))
            if server.failure is not None:
                lines.append(Content.styled(failure_text(server.failure), "$text-warning"))
            elif server.models:
                lines.append(Content(texts.SERVES.format(models=_models(server.models[:_NAMED], 400))))
            if server.owner is not None:
                lines.append(Content.styled(safe_line(server.owner.describe()), "dim"))
        lines += [Content.styled(safe_line(starting.describe()), "dim") for starting in self._starting]
        self.query_one("#about", Static).update(Content("\n").join(lines))
        self.query_one("#about-pane", Pane).set_title(str(server.port) if server is not None else "")
        self.query_one(OfferLine).show(self._offers(server))
        self.refresh_bindings()

    def _offers(self, server: Discovered | None) -> tuple[Offer, ...]:
        if server is None:
            return (_RESCAN,)
        is_known = server.is_engine or self._provider_of(server) is not None
        return (_SHOW if is_known else _ADD, _RESCAN)

    def on_row_list_highlighted(self) -> None:
        """Update the details of the selected server."""
        self._show_about()

    def on_row_list_selected(self) -> None:
        """Treat a click on the selected row like Enter."""
        self.action_add()

    def on_resize(self, event: events.Resize) -> None:
        """Adapt the models' column to the new width."""
        self.call_after_refresh(self._show)

    # ── Keys ────────────────────────────────────────────────────────────────────────────────

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Dim unavailable actions."""
        if action == "add" and (not self.is_mounted or self.current is None):
            return None
        return True

    def action_add(self) -> None:
        """Open the form, filled in for the selected server; if it already exists, select it in the list."""
        server = self.current
        if server is None:
            return
        known = self._provider_of(server)
        if server.is_engine or known is not None:
            self.dismiss(ENGINE_NAME if known is None else known.name)
            return
        provider = server.as_provider({listed.name for listed in self.runtime.directory.providers()})
        if len(server.models) <= 1:
            self._open_form(provider, provider.model)
            return

        def chosen(model: str | None) -> None:
            if model is not None:
                self._open_form(provider, model)

        self.app.push_screen(ModelChoice(provider.label, server.models), chosen)

    def _open_form(self, provider: Provider, model: str) -> None:
        """Let the user review and complete the values, and save."""

        def closed(name: str | None) -> None:
            if name is not None:
                self.dismiss(name)

        self.deck.router.form(replace(provider, model=model), is_prefilled=True, then=closed)

    def action_back(self) -> None:
        """Stop scanning and return."""
        self.dismiss(None)


def _models(models: Sequence[str], longest: int) -> str:
    """Return the names of models, preceded by their number if there are several."""
    names = safe_line(", ".join(models), longest)
    if len(models) > 1:
        return texts.COUNT.format(count=len(models), models=names)
    return names or shared.UNKNOWN


def _summary(discovery: Discovery) -> str:
    count = len(discovery.servers)
    parts = [texts.ONE_SERVER if count == 1 else texts.SERVERS.format(count=count)]
    if discovery.starting:
        parts.append(texts.STARTING.format(count=len(discovery.starting)))
    ports = texts.PORTS if discovery.is_complete else texts.USUAL_PORTS
    return " · ".join((*parts, ports.format(count=Counted(discovery.asked_ports))))
