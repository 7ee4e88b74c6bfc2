"""The target of a prompt: the provider with the settings of the chat."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field, replace
from typing import Any

from tui.core.chat import ChatRequest, Message, Role
from tui.core.chat_settings import BODY_FIELDS, SAMPLING, OwnSettings, Parameters
from tui.core.lazy_dataclass import dataclass
from tui.core.parts import parts_of
from tui.core.provider import Provider, ReasoningReplay, Sampling, Thinking
from tui.core.schema_request import SCHEMA_TOKENS, SchemaForm, schema_hint, schema_of, sent_format
from tui.core.sent_body import sent_body


@dataclass(frozen=True, slots=True)
class RequestDefaults:
    """Defaults for requests, if neither the chat nor its provider sets a value."""

    max_tokens: int | None = None
    reasoning_replay: ReasoningReplay | None = None


NO_DEFAULTS = RequestDefaults()


@dataclass(frozen=True, slots=True)
class ChatTarget:
    """A provider, with the chat's own model, thinking, system prompt and parameters."""

    provider: Provider
    model: str = ""
    """Empty uses the provider's model."""
    thinking: Thinking | None = None
    """``None`` uses the provider's setting."""
    system_prompt: str | None = None
    parameters: Parameters = field(default_factory=dict)
    """Request parameters by name in ``core.chat_settings``; ``None`` is not sent."""
    stream: bool = True
    schema_form: SchemaForm = SchemaForm.SCHEMA
    """How the JSON Schema is sent, if the chat has one."""

    @property
    def model_name(self) -> str:
        """The requested model."""
        return self.model or self.provider.model

    @property
    def schema(self) -> Mapping[str, Any] | None:
        """The JSON Schema that the answer must follow."""
        return schema_of(self.parameters.get("json_schema"))

    @property
    def own_settings(self) -> dict[str, object]:
        """The settings that differ from the provider's, in the format of the journal."""
        return OwnSettings(self.thinking, self.system_prompt, self.parameters).to_json()

    def with_settings(self, kept: Mapping[str, object]) -> ChatTarget:
        """Return the target with settings from a journal."""
        own = OwnSettings.from_json(kept)
        return replace(
            self, thinking=own.thinking, system_prompt=own.system_prompt, parameters=own.parameters
        )

    def request(self, messages: tuple[Message, ...], defaults: RequestDefaults = NO_DEFAULTS) -> ChatRequest:
        """Return the request for these messages, preceded by the system prompt."""
        provider = self.provider
        system = provider.system_prompt if self.system_prompt is None else self.system_prompt
        if self.schema is not None:
            system = "\n\n".join(filter(str.strip, (system, schema_hint(self.schema, self.schema_form))))
        prefix = (Message(Role.SYSTEM, parts_of(system)),) if system.strip() else ()
        extra_body = self._extra_body()
        return ChatRequest(
            model=self.model_name,
            messages=prefix + messages,
            sampling=self._sampling(defaults, extra_body),
            stream=self.stream,
            thinking=self.thinking or provider.thinking,
            reasoning_replay=provider.reasoning_replay or defaults.reasoning_replay or ReasoningReplay.NEVER,
            extra_body=extra_body,
            parameters=self._others(),
        )

    def answer_limit(self, defaults: RequestDefaults = NO_DEFAULTS) -> int | None:
        """Return the token limit of the answer; ``None`` leaves it to the server."""
        extra_body = self._extra_body()
        fields = sent_body(extra_body)
        limits = (fields.get(name) for name in BODY_FIELDS["max_tokens"])
        named = next((limit for limit in limits if isinstance(limit, int)), None)
        return self._sampling(defaults, extra_body).max_tokens if named is None else named

    def _others(self) -> dict[str, object]:
        others = {
            name: value
            for name, value in self.parameters.items()
            if name not in SAMPLING and value is not None
        }
        if self.schema is not None:
            others["json_schema"] = sent_format(others["json_schema"], self.schema_form)
        return others

    def _extra_body(self) -> Mapping[str, object]:
        """Return the provider's extra body without fields that the chat overrides."""
        own = {name for setting in self.parameters for name in BODY_FIELDS[setting]}
        if not own:
            return self.provider.extra_body
        fields = sent_body(self.provider.extra_body)
        return {name: value for name, value in fields.items() if name not in own}

    def _sampling(self, defaults: RequestDefaults, extra_body: Mapping[str, object]) -> Sampling:
        """Return the sampling parameters; a token limit in the extra body overrides those here."""
        own = {name: self.parameters[name] for name in SAMPLING if name in self.parameters}
        sampling = replace(self.provider.sampling, **own)
        limit = defaults.max_tokens or (None if self.schema is None else SCHEMA_TOKENS)
        if limit is None or sampling.max_tokens is not None or "max_tokens" in own:
            return sampling
        if not sent_body(extra_body).keys().isdisjoint(BODY_FIELDS["max_tokens"]):
            return sampling
        return replace(sampling, max_tokens=limit)
