"""Whom a prompt goes to: the provider with what the chat changed for itself."""

from __future__ import annotations

from dataclasses import asdict, replace

from tui.core.chat import ChatRequest, Message, Role
from tui.core.lazy_dataclass import dataclass
from tui.core.parts import parts_of
from tui.core.provider import Provider, ReasoningReplay, Sampling, Thinking


@dataclass(frozen=True, slots=True)
class RequestDefaults:
    """What holds for requests where neither the chat nor its provider says anything."""

    max_tokens: int | None = None
    reasoning_replay: ReasoningReplay | None = None


NO_DEFAULTS = RequestDefaults()


@dataclass(frozen=True, slots=True)
class ChatTarget:
    """A provider and, where the chat says otherwise, its own model, thinking, system prompt and limits."""

    provider: Provider
    model: str = ""
    """Empty: the provider's own."""
    thinking: Thinking | None = None
    """``None``: the provider's own setting."""
    system_prompt: str | None = None
    sampling: Sampling | None = None
    stream: bool = True

    @property
    def model_name(self) -> str:
        """The model that is asked for."""
        return self.model or self.provider.model

    @property
    def own_settings(self) -> dict[str, object]:
        """What the chat says otherwise, as a journal keeps it, without what it leaves to its provider."""
        own: dict[str, object] = {}
        if self.thinking is not None:
            own["thinking"] = self.thinking.value
        if self.system_prompt is not None:
            own["system_prompt"] = self.system_prompt
        if self.sampling is not None:
            said = asdict(self.sampling).items()
            own["sampling"] = {name: value for name, value in said if value is not None}
        return own

    def request(self, messages: tuple[Message, ...], defaults: RequestDefaults = NO_DEFAULTS) -> ChatRequest:
        """Return the request for these messages, the system prompt in front."""
        provider = self.provider
        system = provider.system_prompt if self.system_prompt is None else self.system_prompt
        prefix = (Message(Role.SYSTEM, parts_of(system)),) if system.strip() else ()
        return ChatRequest(
            model=self.model_name,
            messages=prefix + messages,
            sampling=self._sampling(defaults),
            stream=self.stream,
            thinking=self.thinking or provider.thinking,
            reasoning_replay=provider.reasoning_replay or defaults.reasoning_replay or ReasoningReplay.NEVER,
            extra_body=provider.extra_body,
        )

    def _sampling(self, defaults: RequestDefaults) -> Sampling:
        """Return the parameters; a limit under any name in the extra body is the provider's own."""
        sampling = self.sampling or self.provider.sampling
        if defaults.max_tokens is None or sampling.max_tokens is not None:
            return sampling
        from tui.wire.request import limits_tokens

        if limits_tokens(self.provider.extra_body):
            return sampling
        return replace(sampling, max_tokens=defaults.max_tokens)
