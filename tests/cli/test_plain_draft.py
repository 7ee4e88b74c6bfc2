"""The draft of the plain chat when a signal interrupts writing it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.support.real_deck import RealDeck
from tui.cli.plain_draft import PlainDraft
from tui.runtime.chat_control import ChatControl
from tui.runtime.runtime import open_runtime
from tui.store import disk, files


@pytest.fixture
async def control(tmp_path: Path) -> AsyncIterator[ChatControl]:
    runtime = open_runtime(RealDeck(tmp_path).environment)
    control = ChatControl(runtime)
    control.begin(runtime.sessions.begin())
    yield control
    await runtime.aclose()


@pytest.mark.parametrize("after", [False, True], ids=["before it is in place", "after it is in place"])
async def test_a_line_that_is_dropped_while_it_is_written_is_gone(
    control: ChatControl, monkeypatch: pytest.MonkeyPatch, after: bool
) -> None:
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    draft = PlainDraft(control)
    assert control.session is not None
    identity = control.session.identity
    with monkeypatch.context() as patch:
        patch.setattr(*((files, "sync_directory") if after else (disk, "replace")), interrupt)
        with pytest.raises(KeyboardInterrupt):
            draft.keep("dropped")
    drafts = control.runtime.conversations.drafts
    assert drafts.read(identity) == ("dropped" if after else "")
    draft.keep("")
    assert drafts.read(identity) == ""


async def test_a_line_whose_writing_was_interrupted_is_written_again(
    control: ChatControl, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    draft = PlainDraft(control)
    assert control.session is not None
    with monkeypatch.context() as patch:
        patch.setattr(disk, "replace", interrupt)
        with pytest.raises(KeyboardInterrupt):
            draft.keep("kept")
    draft.keep("kept")
    assert control.runtime.conversations.drafts.read(control.session.identity) == "kept"
