"""Presets in a chat: ``/NAME TEXT`` applies the preset and sends its template with the text."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from tui.core.causes import explain
from tui.core.failure import UsageError
from tui.core.lazy_dataclass import dataclass
from tui.core.preset import Preset, call_of
from tui.core.safe_text import safe_line
from tui.runtime.chat_control import ChatControl
from tui.runtime.contract import ScreenRuntime
from tui.session.target import ChatTarget
from tui.store.presets import PresetStore
from tui.texts import presets as texts

_MOST_DESCRIPTION = 60


@dataclass(frozen=True, slots=True)
class Called:
    """The result of a line that uses a preset."""

    message: str = ""
    """The message to send, if any."""
    said: str = ""
    problem: str = ""
    """Why nothing was done."""


class Presets:
    """The presets available in a chat."""

    def __init__(self, chat: ChatControl) -> None:
        self._chat = chat
        self._store = PresetStore(chat.runtime.paths)

    def names(self) -> Iterator[tuple[str, str]]:
        """Yield the names, each with a short description."""
        for preset in self._store.known().presets.values():
            yield preset.name, safe_line(preset.description, _MOST_DESCRIPTION)

    def call(self, line: str, problem: str) -> Called:
        """Apply the preset that a line calls, without sending the message.

        ``problem`` is the error if it calls no preset; if empty, the line is a message. A preset with an
        unusable file is an error.
        """
        call = call_of(line)
        name, text = call or ("", "")
        known = self._store.known()
        preset = _of_today(known.presets.get(name), self._chat.runtime)
        if preset is None:
            problem = known.problems.get(name, problem)
            return Called(problem=problem) if problem else Called(line, texts.SENT_AS_TEXT.format(name=name))
        if preset.needs_input and not text.strip():
            return Called(problem=texts.NEEDS_INPUT.format(name=preset.name))
        said = self._use(preset)
        return Called(preset.message(text), said)

    def _use(self, preset: Preset) -> str:
        """Apply a preset to the chat, and return the notice about it."""
        used = (texts.USED_WITH if preset.provider else texts.USED).format(
            name=preset.name, provider=safe_line(preset.provider, 60)
        )
        is_found = not preset.provider or self._chat.use_named(preset.provider)
        target = self._chat.target
        if target is None:
            return used
        self._chat.target = with_preset(target, preset if is_found else replace(preset, model=""))
        if is_found:
            return used
        provider, current = safe_line(preset.provider, 60), safe_line(target.provider.name, 60)
        return texts.USED_BUT.format(name=preset.name, provider=provider, current=current)


def with_preset(target: ChatTarget, preset: Preset) -> ChatTarget:
    """Return a target with the values of a preset; others are unchanged."""
    own = preset.own
    return replace(
        target,
        model=preset.model or target.model,
        thinking=target.thinking if own.thinking is None else own.thinking,
        system_prompt=target.system_prompt if own.system_prompt is None else own.system_prompt,
        parameters={**target.parameters, **own.parameters},
    )


def preset_of(runtime: ScreenRuntime, name: str) -> Preset:
    """Return the preset with a name, for a command.

    Raises:
        LmdeckError: it does not exist, or its file is unusable.
    """
    known = PresetStore(runtime.paths).known()
    preset = _of_today(known.presets.get(name.casefold()), runtime)
    if preset is None:
        problem = known.problems.get(name.casefold(), "").removesuffix(".")
        raise UsageError(explain("preset-unusable", name=safe_line(name, 40), reason=problem or None))
    return preset


def _of_today(preset: Preset | None, runtime: ScreenRuntime) -> Preset | None:
    """Return a preset with the current name of its provider, which its file may call by a former name."""
    if preset is None or not preset.provider:
        return preset
    return replace(preset, provider=runtime.directory.former_names.now(preset.provider, None))
