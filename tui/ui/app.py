"""The app: themes, signals, crashes, quitting, the window size. The content is in the screens."""

from __future__ import annotations

import asyncio
import gc
import os
import signal
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from time import time
from typing import TYPE_CHECKING, Any, ClassVar

from textual import events, on
from textual.app import SystemCommand
from textual.binding import BindingType
from textual.driver import Driver
from textual.drivers.linux_driver import LinuxDriver
from textual.filter import LineFilter
from textual.notifications import Notify, SeverityLevel
from textual.screen import Screen

from tui.core.failure import LmdeckError
from tui.core.safe_text import safe_line, safe_text
from tui.core.server_words import failure_text
from tui.runtime.crash import report_crash
from tui.runtime.search_texts import keep_search_texts
from tui.texts import shell as texts
from tui.ui.background import in_background
from tui.ui.bindings import bindings_of, every_name, keymap
from tui.ui.chords import Chords
from tui.ui.colours import choose_theme
from tui.ui.deck import ChecksReachability, NoticesEdits, UnsavedWork
from tui.ui.editing import Editing
from tui.ui.guard import ControlCharacterGuard, safe_url
from tui.ui.marks import PlainMarks, marks_for
from tui.ui.notices import NoticeLog
from tui.ui.own_keys import own_keys
from tui.ui.router import ScreenRouter
from tui.ui.shell.dialogs import ChoiceDialog, confirm
from tui.ui.shell.offers import key_of
from tui.ui.shell.open_by_name import NamedEntries
from tui.ui.shell.too_small import TooSmallScreen
from tui.ui.signals import end_at_signals, end_for, own_handlers
from tui.ui.start import ChatStart, Start
from tui.ui.system_commands import commands_of, looks_of
from tui.ui.textual_compat.driver import TerminalDriver
from tui.ui.textual_compat.honest_app import HonestApp
from tui.ui.textual_compat.internals import driver_of, end_toasts
from tui.ui.themes import THEMES
from tui.ui.type_ahead import TypeAhead
from tui.ui.window import is_too_small

if TYPE_CHECKING:
    from tui.runtime.contract import ScreenRuntime
    from tui.ui.early.terminal import EarlyTerminal


_HERE = Path(__file__).parent
_WARM_AFTER_SECONDS = 0.1
"""The delay before loading modules, so that imports do not delay the first keys."""
_JUST_NOW_SECONDS = 1.0


class LmdeckApp(HonestApp, inherit_bindings=False):
    """The app: lmdeck's screens on one runtime, which is closed at the end."""

    TITLE = "lmdeck"
    BINDINGS: ClassVar[list[BindingType]] = bindings_of("everywhere")
    COMMANDS = HonestApp.COMMANDS | {NamedEntries}

    def __init__(
        self,
        runtime: ScreenRuntime,
        start: Start = "providers",
        environment: Mapping[str, str] | None = None,
        early: EarlyTerminal | None = None,
    ) -> None:
        """``early``: the terminal, where it was taken before the program was loaded."""
        self.runtime = runtime
        self._start = start
        self.early = early
        self._environment = os.environ if environment is None else environment
        self.is_plain = self._environment.get("LMDECK_COMPAT") == "textual"
        self._guard = ControlCharacterGuard()
        self.editing = Editing(self, self._environment)
        self._chords = Chords(self, every_name(own_keys(runtime.settings.keys).usable), super().on_event)
        self._type_ahead = TypeAhead(self, self._chords.take)
        self._plain_marks: tuple[PlainMarks, ...] = ()
        self.router = ScreenRouter(self)
        self.is_warm = False
        self.notices = NoticeLog()
        first = "chat" if isinstance(start, ChatStart) else "providers"
        # the first screen's styles are included: for later ones, Textual parses all of them again
        super().__init__(css_path=[_HERE / "app.tcss", _HERE / first / "screen.tcss"])
        marks = marks_for(self._environment, self.console.encoding)
        self._plain_marks = () if marks is None else (marks,)
        self._apply_settings()

    def _apply_settings(self) -> None:
        for theme in THEMES:
            self.register_theme(theme)
        settings = self.runtime.settings
        self.theme = choose_theme(settings.theme, frozenset(self.available_themes), self.console.color_system)
        self.is_calm = settings.calm if settings.calm is not None else "SSH_CONNECTION" in self._environment
        if self.is_calm:
            self.animation_level = "none"
        self.set_keymap(keymap(own_keys(settings.keys).usable))

    def refresh_css(self, animate: bool = True) -> None:
        """Apply the styles again. Without a screen, a theme is only recorded for later."""
        if self.screen_stack:
            super().refresh_css(animate)
        else:
            self.stylesheet.set_variables(self.get_css_variables())

    def settings_notices(self) -> tuple[str, ...]:
        """Return the problems with the settings, for a banner."""
        settings = self.runtime.settings
        notices = list(self.runtime.settings_notices)
        if settings.theme is not None and settings.theme not in self.available_themes:
            notices.append(texts.NO_THEME.format(name=settings.theme))
        return (*notices, *own_keys(settings.keys).notices)

    def watch_app_focus(self, has_focus: bool) -> None:
        """When the window regains the focus, files may have been edited meanwhile."""
        for screen in self.screen_stack[-1:] if has_focus else ():
            if isinstance(screen, NoticesEdits):
                screen.notice_edits()

    def get_driver_class(self) -> type[Driver]:
        """Return lmdeck's robust driver, if it supports this system."""
        usual = super().get_driver_class()
        return TerminalDriver if usual is LinuxDriver and not self.is_plain else usual

    def get_default_screen(self) -> Screen[Any]:
        """Return the provider list, the bottom of every stack; a chat opened at startup gets it later."""
        return (
            self.router.ground()
            if isinstance(self._start, ChatStart)
            else self.router.providers(is_first=True)
        )

    def get_line_filters(self) -> Sequence[LineFilter]:
        """Return Textual's filters, the control character guard, and the replacement of missing marks."""
        return [*super().get_line_filters(), self._guard, *self._plain_marks]

    def on_mount(self) -> None:
        """Install signal handlers, open the first screen, and load modules once it is painted."""
        if not self.is_headless:
            end_at_signals(self)
        if isinstance(self._start, ChatStart):
            chat = self.router.chat(self._start.provider, self._start.conversation)
            chat.call_after_refresh(self._warm_up)
        else:
            self.call_after_refresh(self._warm_up)

    def _warm_up(self) -> None:
        self._type_ahead.open()
        if self.early is not None:
            self.early.end_echo()
        gc.freeze()  # what the start made stays until the end: no later collection needs to look at it
        gc.enable()
        self.set_timer(_WARM_AFTER_SECONDS, self._begin_to_warm)

    def _begin_to_warm(self) -> None:
        in_background(self, self._warm, name="warm", group="warm")

    async def _warm(self) -> None:
        """Load what the first request needs, then check which providers respond."""
        await self.runtime.warm()
        await asyncio.to_thread(_warm_transcript)
        self.is_warm = True
        in_background(self, keep_search_texts, self.runtime, group="search texts")
        for screen in self.screen_stack:
            if isinstance(screen, ChecksReachability):
                screen.check_reachability()

    async def on_event(self, event: events.Event) -> None:
        """Pass keys on one after another; other events at once."""
        if isinstance(event, events.Key | events.Paste) and not event.is_forwarded:
            await self._type_ahead.take(event)
        else:
            await super().on_event(event)

    async def edit_outside(self, text: str) -> str | None:
        """Edit a text in the user's editor."""
        return await self.editing.edit(text)

    async def on_unmount(self) -> None:
        """Close the runtime: streams stop, records are completed, child processes end."""
        self._type_ahead.close()
        await self.runtime.aclose()

    # ── Screens ─────────────────────────────────────────────────────────────────────────────

    def action_command_palette(self) -> None:
        """Find a command by its name."""
        self.router.palette(self.screen)

    def action_help(self) -> None:
        """Show the help for the focused widget, or close it."""
        if not isinstance(self.screen, TooSmallScreen):
            self.router.help(self.screen)

    def action_notices(self) -> None:
        """Show what toasts have said, or close it again."""
        if not isinstance(self.screen, TooSmallScreen):
            self.router.notices(self.screen)

    def on_resize(self, event: events.Resize) -> None:
        """Cover the screens while the window is too small for them."""
        covered = any(isinstance(screen, TooSmallScreen) for screen in self.screen_stack)
        if is_too_small(*event.size) and not covered:
            self.push_screen(TooSmallScreen())

    def get_system_commands(self, screen: Screen[Any]) -> Iterable[SystemCommand]:
        """Yield the commands of the palette: those of the current screen, global ones, and the themes."""
        yield from commands_of(screen)
        calm = texts.ALLOW_ANIMATIONS if self.is_calm else texts.END_ANIMATIONS
        yield SystemCommand(calm, texts.CALM_HINT, self.toggle_calm)
        yield from looks_of(frozenset(self.available_themes), self.use_theme)

    def toggle_calm(self) -> None:
        """Turn animations off, or on again, until the program ends."""
        self.is_calm = not self.is_calm
        self.animation_level = "none" if self.is_calm else "full"
        self.notify(texts.CALM if self.is_calm else texts.NOT_CALM)

    def action_redraw(self) -> None:
        """Redraw the whole screen."""
        self.repaint()

    # ── Leaving ─────────────────────────────────────────────────────────────────────────────

    async def action_quit(self) -> None:
        """Quit at once, or ask if something would be lost."""
        losses = [screen.unsaved_reason() for screen in self.screen_stack if isinstance(screen, UnsavedWork)]
        reasons = [loss for loss in losses if loss]
        if reasons:
            self.ask_to_quit(" ".join(reasons))
        else:
            self.exit()

    def ask_to_quit(self, body: str = "") -> None:
        """Ask for confirmation before quitting."""
        if not isinstance(self.screen, ChoiceDialog):
            confirm(self.screen, texts.QUIT_TITLE, body, self.exit, "Quit", "Cancel", is_dangerous=bool(body))

    def action_help_quit(self) -> None:
        """Without a selection, Ctrl+C shows how to quit."""
        self.notify(texts.HOW_TO_QUIT.format(key=key_of(self, "app.quit")), timeout=3)

    def action_suspend_process(self) -> None:
        """Suspend the program, including its whole job, such as the make that started it."""
        sleep = getattr(driver_of(self), "sleep", None)
        if sleep is None:  # Textual's own driver
            super().action_suspend_process()
            return
        self.app_suspend_signal.publish(self)
        sleep(0)

    @on(Driver.SignalResume)
    def repaint(self) -> None:
        """Redraw everything after others have written to the terminal."""
        for screen in self.screen_stack[-1:]:
            screen.refresh()

    def cut_off(self) -> None:
        """Record the open chats, so that the next start offers them."""
        self.runtime.sessions.interrupt()

    def hang_up(self) -> None:
        """Quit because the terminal is gone, as after SIGHUP."""
        if not self.is_leaving:
            end_for(self, signal.SIGHUP)

    # ── Crashes ─────────────────────────────────────────────────────────────────────────────

    def defect_report(self, error: BaseException) -> str:
        """Write a crash report, and return its message."""
        return report_crash(self.runtime, error)

    def report_defect(self, error: Exception) -> None:
        """Report that a background task crashed, and write a crash report; the program continues."""
        self.notify(self.defect_report(error), severity="error", timeout=10)

    def use_theme(self, name: str) -> None:
        """Use a theme and save it, even if it was already detected automatically."""
        self.theme = name
        in_background(self, self._write_theme, name, group="theme", exclusive=True)

    async def _write_theme(self, name: str) -> None:
        try:
            await asyncio.to_thread(self.runtime.keep_theme, name)
        except LmdeckError as error:
            self.notify(texts.THEME_NOT_KEPT.format(reason=failure_text(error.failure)), severity="warning")

    # ── Untrusted text ──────────────────────────────────────────────────────────────────────

    def notify(
        self,
        message: str,
        *,
        title: str = "",
        severity: SeverityLevel = "information",
        timeout: float | None = None,
        markup: bool = False,
    ) -> None:
        """Show a toast; its text is never parsed as markup."""
        shown_seconds = self.NOTIFICATION_TIMEOUT if timeout is None else timeout
        self.keep_notice(message, severity)
        super().notify(
            safe_text(message), title=safe_line(title), severity=severity, timeout=shown_seconds, markup=False
        )
        # Textual 8.2.8 can leave parts of a toast on screen that expired during a layout.
        self.set_timer(shown_seconds + 0.3, self.repaint)

    def keep_notice(self, message: str, severity: SeverityLevel) -> None:
        """Keep a message in the list of notices."""
        self.notices.add(safe_text(message), severity)

    def on_notify(self, event: Notify) -> None:
        """Merge identical toasts into one."""
        new = event.notification
        end_toasts(self, lambda old: (old.message, old.severity) == (new.message, new.severity))

    def end_toasts(self) -> None:
        """Remove the toasts of a screen being left; those about leaving stay."""
        latest = time() - _JUST_NOW_SECONDS
        end_toasts(self, lambda toast: toast.raised_at < latest)

    def copy_to_clipboard(self, text: str) -> None:
        """Copy a text, with control characters made visible."""
        super().copy_to_clipboard(safe_text(text))

    def open_url(self, url: str, *, new_tab: bool = True) -> None:
        """Open a plain http, https or mailto URL, or copy it if that is not possible."""
        address = safe_url(url)
        if address is None:
            self.notify(texts.ODD_LINK, severity="warning")
        elif self._has_desktop():
            super().open_url(address, new_tab=new_tab)
        else:
            self.copy_to_clipboard(address)
            self.notify(texts.LINK_COPIED.format(address=address))

    def _has_desktop(self) -> bool:
        if "SSH_CONNECTION" in self._environment:
            return False
        names = ("DISPLAY", "WAYLAND_DISPLAY", "WSL_DISTRO_NAME")
        return os.uname().sysname == "Darwin" or any(name in self._environment for name in names)


def _warm_transcript() -> None:
    from tui.ui.transcript.warm import warm_up

    warm_up()


def run_app(runtime: ScreenRuntime, start: Start = "providers", early: EarlyTerminal | None = None) -> int:
    """Open the screens and return the exit code: 0, 1 after a defect, 128 + n after signal n."""
    app = LmdeckApp(runtime, start, early=early)
    try:
        with own_handlers():
            app.run(mouse=runtime.settings.mouse)
    finally:
        app.editing.close()
    return app.return_code or 0
