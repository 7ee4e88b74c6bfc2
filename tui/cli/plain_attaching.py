"""Files in the plain chat: ``/attach FILE``, ``@path`` in a message, and Tab for both."""

from __future__ import annotations

import threading
from collections.abc import Collection

from tui.cli.output import Output
from tui.cli.plain_consent import PlainConsent
from tui.core.attachment import Attached, attached, attachment_lines
from tui.core.causes import in_full
from tui.core.failure import LmdeckError
from tui.core.mentions import mention_of, open_mention
from tui.core.parts import ImagePart
from tui.core.safe_text import safe_line
from tui.core.turn import Turn
from tui.runtime.attaching import Draft
from tui.runtime.chat_control import ChatControl
from tui.texts import attachments as texts
from tui.texts import plain_chat

_ATTACH = "/attach "
_SCAN_SECONDS = 1.0
"""How long Tab waits until the files are found."""
_MOST_COMPLETIONS = 50


class PlainAttaching:
    """The attachments of the next message."""

    def __init__(self, control: ChatControl, output: Output, consent: PlainConsent) -> None:
        self._control = control
        self._output = output
        self._consent = consent
        self._named: list[str] = []
        self._held: list[str] = []
        """Those of a message that was held back until it is sent again; they are not used for another one."""

    def attach(self, reference: str) -> None:
        """Attach files to the next message; without a name, print the attachments."""
        files = self._control.files
        try:
            named = [*self._named, *(files.asked_for(reference) if reference else ())]
            found = attached(files.read_all(named))
        except LmdeckError as error:
            self._refuse(error)
            return
        self._named = named
        lines = attachment_lines(found.message(""))
        for line in lines or [texts.ATTACH_HOW]:
            self._output.line(line)

    def files_of(
        self, message: str, edited: Turn | None, only_words: Collection[str] = ()
    ) -> Attached | None:
        """Return the files of a message; ``None`` if it is not sent, for a reason that was printed."""
        if not self._consent.is_asked:
            self._drop_held()
        draft = Draft(
            only_words,
            named=tuple(self._named),
            words=edited.prompt.words if edited is not None else "",
            kept=edited.prompt.blobs if edited is not None else (),
        )
        try:
            found = self._control.files.mentioned(message, draft)
        except LmdeckError as error:
            self._refuse(error)
            return None
        if question := self._question(found):
            self._held = list(self._named)
            self._output.line(question)
            return None
        for line in attachment_lines(found.message("")):
            self._output.line(line)
        return found

    def sent(self, found: Attached) -> None:
        """Record that a message was sent: its files are cleared, what the user allowed is kept."""
        self._control.files.allow(self._control.files.secrets(found.parts))
        self._consent.end()
        self._named, self._held = [], []

    def _question(self, found: Attached) -> str:
        """Return the question before sending these files; empty if there is none, or it was answered."""
        secrets = self._control.files.secrets(found.parts)
        if secrets and not self._consent.is_given(tuple(secrets)):
            return texts.SECRETS_PLAIN.format(names=", ".join(secrets))
        has_images = any(isinstance(part, ImagePart) for part in found.parts)
        if has_images and self._control.refuses_images() and not self._consent.is_given(texts.REFUSED_BEFORE):
            return self._control.about_images(texts.REFUSED_BEFORE_PLAIN)
        return ""

    def _drop_held(self) -> None:
        """Detach the files of a held-back message that is not sent again."""
        if self._held:
            self._output.line(texts.DROPPED.format(names=", ".join(map(safe_line, self._held))))
        self._named = [name for name in self._named if name not in self._held]
        self._held = []

    def completions(self, line: str) -> list[str] | None:
        """Return the completions of the file name at the end of a line; ``None`` if there is none."""
        mention = open_mention(line)
        if mention is not None and not mention.is_quoted:
            return [mention_of(path) for path in self._paths(mention.reference)]
        return self._paths(line[len(_ATTACH) :]) if line.startswith(_ATTACH) else None

    def _paths(self, typed: str) -> list[str]:
        index = self._control.files.index
        if index.begin():
            scan = threading.Thread(target=index.scan, name="paths", daemon=True)
            scan.start()
            scan.join(_SCAN_SECONDS)
        fits = (path for path in index.found.paths if path.startswith(typed) and " " not in path)
        return [path for path, _ in zip(fits, range(_MOST_COMPLETIONS), strict=False)]

    def _refuse(self, error: LmdeckError) -> None:
        failure = in_full(error.failure)
        self._output.line(plain_chat.NOT_SENT.format(title=failure.title, advice=failure.advice))
