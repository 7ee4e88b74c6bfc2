"""The model servers of this machine: who listens on loopback, what it serves, one key to add it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar

from rich.cells import cell_len
from textual import events
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.content import Content
from textual.widgets import Static

from tui.core.endpoint_url import inspect_url
from tui.core.provider import Provider
from tui.core.safe_text import safe_line
from tui.core.server_words import failure_text
from tui.ui.background import in_background
from tui.ui.bindings import bindings_of
from tui.ui.shell.base import LmdeckScreen
from tui.ui.shell.binding_bar import BindingBar
from tui.ui.shell.table import RowTable
from tui.ui.shell.title_bar import TitleBar

if TYPE_CHECKING:
    from tui.net.discover import Discovered, Discovery
    from tui.net.machine.snapshot import RunningServer

_NONE = (
    "No model server answers on this machine.\n"
    "Start one and press r, or go back and press a to add an endpoint somewhere else."
)
_COLUMNS = (("Port", 5), ("Server", 22), ("Models", 0), ("Process", 22), ("", 18))
"""Titles and widths; the models take what is left."""
_NARROWEST = 14
_GAPS = 2 * len(_COLUMNS) + 1


class DiscoverScreen(LmdeckScreen[str | None]):
    """Asks the ports of loopback; ends with the name of the provider that was added, or ``None``."""

    CSS_PATH = "discover_screen.tcss"
    BINDINGS: ClassVar[list[BindingType]] = bindings_of("discover")
    KEY_GROUPS: ClassVar[tuple[str, ...]] = ("discover", "table")
    HELP_TEXT: ClassVar[str] = (
        "The model servers that answer on this machine. Only loopback is asked, without any key. "
        "Enter adds the one under the cursor to your providers."
    )

    def __init__(self) -> None:
        super().__init__()
        self._found: dict[int, Discovered] = {}
        self._starting: tuple[RunningServer, ...] = ()

    def compose(self) -> ComposeResult:
        """Lay out the table over what is known of the server under the cursor."""
        yield TitleBar("Servers on this machine")
        yield RowTable("servers")
        yield Static(Content(_NONE), id="nothing")
        yield Static(id="about")
        yield BindingBar()

    def on_mount(self) -> None:
        """Look at once: who opens this screen has asked for it."""
        self.table.focus()
        self.action_refresh()

    @property
    def table(self) -> RowTable:
        """The table."""
        return self.query_one(RowTable)

    @property
    def current(self) -> Discovered | None:
        """The server under the cursor."""
        key = self.table.current_key
        return self._found.get(int(key)) if key is not None else None

    # ── Looking ─────────────────────────────────────────────────────────────────────────────

    def action_refresh(self) -> None:
        """Ask every port again."""
        self._found, self._starting = {}, ()
        self._say("looking…")
        self._show()
        self.query_one("#nothing").remove_class("-shown")
        in_background(self, self._look, group="discover", exclusive=True)

    async def _look(self) -> None:
        discovery = await self.runtime.discover(self._on_found)
        self._found = {server.port: server for server in discovery.servers}
        self._starting = discovery.starting
        self._show()
        self._say(_summary(discovery))
        self.query_one("#nothing").set_class(not discovery.servers, "-shown")

    def _on_found(self, server: Discovered) -> None:
        self._found[server.port] = server
        self._show()

    def _say(self, text: str) -> None:
        self.query_one(TitleBar).status = text

    # ── Showing ─────────────────────────────────────────────────────────────────────────────

    def _show(self) -> None:
        """Build the table anew, the cursor on the server it was on."""
        rows = {str(port): self._cells(self._found[port]) for port in sorted(self._found)}
        widths = self._widths([*rows.values()])
        self.table.fill(
            [(title, width, title) for (title, _), width in zip(_COLUMNS, widths, strict=True)], rows
        )
        self._show_about()

    def _widths(self, rows: Sequence[Sequence[str]]) -> list[int]:
        widths = [
            min(width, max((cell_len(row[column]) for row in rows), default=len(title)))
            for column, (title, width) in enumerate(_COLUMNS)
        ]
        widths = [max(width, len(title)) for width, (title, _) in zip(widths, _COLUMNS, strict=True)]
        room = self.app.size.width - _GAPS - sum(widths) + widths[2]
        widths[2] = max(_NARROWEST, room)
        return widths

    def _cells(self, server: Discovered) -> tuple[str, str, str, str, str]:
        process = server.owner.process if server.owner is not None else None
        return (
            str(server.port),
            safe_line(server.shown_kind),
            safe_line(", ".join(server.models), 200) or "—",
            safe_line(f"{process.name}, pid {process.pid}") if process is not None else "—",
            self._state(server),
        )

    def _state(self, server: Discovered) -> str:
        if (known := self._provider_of(server)) is not None:
            return safe_line(f"is {known.name}")
        if server.needs_key:
            return "asks for a key"
        return safe_line(server.failure.cause) if server.failure is not None else ""

    def _provider_of(self, server: Discovered) -> Provider | None:
        """Return the provider that is this server already."""
        for provider in self.runtime.directory.providers():
            report = inspect_url(provider.provider_url)
            if report.is_loopback and report.port == server.port:
                return provider
        return None

    def _show_about(self) -> None:
        server = self.current
        lines: list[Content] = []
        if server is not None:
            window = f"  context {server.context_window:,} tokens" if server.context_window else ""
            lines.append(Content.assemble((safe_line(server.url), "bold"), (window, "dim")))
            if server.failure is not None:
                text = failure_text(server.failure)
                lines.append(Content.styled(text, "$text-warning"))
            if server.owner is not None:
                lines.append(Content.styled(safe_line(server.owner.describe()), "dim"))
        lines += [Content.styled(safe_line(starting.describe()), "dim") for starting in self._starting]
        self.query_one("#about", Static).update(Content("\n").join(lines))
        self.refresh_bindings()

    def on_data_table_row_highlighted(self) -> None:
        """Another server is under the cursor."""
        self._show_about()

    def on_data_table_row_selected(self) -> None:
        """A click on the row under the cursor is the same as Enter."""
        self.action_add()

    def on_resize(self, event: events.Resize) -> None:
        """Give the models the room there is."""
        self._show()

    # ── Keys ────────────────────────────────────────────────────────────────────────────────

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Grey out what cannot be done now."""
        if action == "add" and (not self.is_mounted or self.current is None):
            return None
        return True

    def action_add(self) -> None:
        """Add the server under the cursor; open its form where something is still missing."""
        server = self.current
        if server is None:
            return
        known = self._provider_of(server)
        if known is not None:
            self.notify(f"This server is in your list already: {known.name}.")
            return
        directory = self.runtime.directory
        provider = server.as_provider({known.name for known in directory.providers()})
        if server.needs_key or not provider.model:
            self._open_form(provider)
            return
        self.writes.write(lambda: directory.save(provider), self._added)

    def _added(self, saved: Provider) -> None:
        self.notify(f"Added {saved.name}.")
        self.dismiss(saved.name)

    def _open_form(self, provider: Provider) -> None:
        """Let the person give what is missing: a key, or the name of a model."""

        def closed(name: str | None) -> None:
            if name is not None:
                self.dismiss(name)

        self.deck.router.form(provider, is_prefilled=True, then=closed)

    def action_back(self) -> None:
        """Give up a change that waits; else stop looking and go back."""
        if not self.writes.give_up():
            self.dismiss(None)


def _summary(discovery: Discovery) -> str:
    count = len(discovery.servers)
    servers = f"{count} server{'' if count == 1 else 's'}"
    starting = f", {len(discovery.starting)} starting" if discovery.starting else ""
    ports = f"{discovery.asked_ports} {'' if discovery.is_complete else 'usual '}ports asked"
    return f"{servers}{starting} · {ports}"
