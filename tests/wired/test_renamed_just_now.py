"""The list of conversations shows the new name of the chat below, however slow the disk is."""

from __future__ import annotations

from threading import Event

import pytest

from tests.support.fake_api import FakeApi
from tests.support.fault_server import FaultServer
from tests.support.real_deck import RealDeck, replying
from tui.store.journal_file import JournalFile
from tui.store.journal_writer import JournalWriter
from tui.ui.conversations.screen import ConversationsScreen
from tui.ui.start import ChatStart


async def test_the_list_has_the_name_that_was_given_a_moment_before(
    deck: RealDeck, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The disk writes the name only once somebody waits for it."""
    is_awaited = Event()
    write, flush = JournalFile.write, JournalWriter.flush

    def write_late(file: JournalFile) -> None:
        is_awaited.wait()
        write(file)

    def flush_now(writer: JournalWriter, timeout_seconds: float = 5.0) -> bool:
        is_awaited.set()
        return flush(writer, timeout_seconds)

    with FaultServer(FakeApi(chat=replying("Yes."))) as server:
        deck.provider(server.base_url)
        async with deck.opened(ChatStart("main")) as opened:
            await opened.ask("the first words")
            (chat,) = opened.runtime.sessions._open
            opened.runtime.conversations.flush_open()
            monkeypatch.setattr(JournalFile, "write", write_late)
            monkeypatch.setattr(JournalWriter, "flush", flush_now)
            try:
                chat.rename("another name")
                await opened.press("tab", "h")
                await opened.until(lambda: isinstance(opened.app.screen, ConversationsScreen))
                screen = opened.screen(ConversationsScreen)
                await opened.until(lambda: screen._reading.is_done)
                assert [summary.title for summary in screen._reading.every] == ["another name"]
            finally:
                is_awaited.set()
