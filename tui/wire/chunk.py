"""Turns a chunk, or a complete chat completion, into events."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace

from tui.core.events import (
    Identified,
    Note,
    ServerCostReport,
    StreamEvent,
    TimingsReport,
    ToolCallDelta,
    UsageReport,
)
from tui.core.reconcile import complete_counts
from tui.core.usage import ServerCost, Source, Usage
from tui.texts import answers
from tui.wire.choices import MessageParts, OtherChoices, choices_of, deltas_of, message_of
from tui.wire.finish import Outcome
from tui.wire.numbers import read_count
from tui.wire.reasoning import find_reasoning, flatten, split_parts
from tui.wire.reply_text import ReplyText
from tui.wire.surrogates import mend
from tui.wire.tool_calls import ToolCallOrder
from tui.wire.unread_fields import KNOWN_FIELDS, find_unread, find_unread_part, holds_text
from tui.wire.usage_fields import LLAMA_TIMINGS, read_server_cost, read_timings, read_usage, usage_object


class ChunkReader:
    """Reads the chunks of one reply in order, and records in ``outcome`` how it ended."""

    __slots__ = (
        "_add_answer", "_calls", "_counts_first_only", "_fingerprint", "_has_delta_reasoning",
        "_has_delta_text", "_is_replay", "_messages", "_model", "_others", "_usage", "outcome", "server_cost",
        "texts",
    )  # fmt: skip

    def __init__(self, answer_limit: int, *, is_replay: bool = False) -> None:
        """Create a reader; ``is_replay`` means that the reply comes from a gateway's cache."""
        self._is_replay = is_replay
        self._counts_first_only = False
        self.outcome = Outcome()
        self.texts = ReplyText(answer_limit, self.outcome)
        self._add_answer = self.texts.add_answer  # called for every token
        self._model: str | None = None
        self._fingerprint: str | None = None
        self._usage: Usage | None = None
        self.server_cost: ServerCost | None = None
        """The cost in the ``usage`` object."""
        self._calls = ToolCallOrder()
        self._has_delta_text = self._has_delta_reasoning = False
        self._messages = MessageParts()
        self._others = OtherChoices()

    def read(self, chunk: Mapping[str, object], events: list[StreamEvent]) -> None:
        """Add the events of a chunk.

        Raises:
            LimitExceeded: the texts together are too large.
        """
        if chunk.get("model") != self._model or (
            self._fingerprint is None and chunk.get("system_fingerprint")
        ):
            self._identify(chunk, events)
        choices = chunk.get("choices")
        if choices is not None:
            self.outcome.has_chunks = True
            known = choices_of(choices)
            for choice in known:
                self._read_choice(choice, events)
            if not known and (flatten(choices) or holds_text({**chunk, "message": None})):
                self.texts.lose(answers.OUTSIDE, events)
        if chunk.get("usage") or "x_groq" in chunk:
            self._read_usage(chunk, events)
        if "timings" in chunk or "metrics" in chunk or "stats" in chunk:
            timings = read_timings(chunk)
            if timings is not None:
                self._counts_first_only = timings.origin == LLAMA_TIMINGS
                events.append(TimingsReport(timings))

    def finish(self, events: list[StreamEvent]) -> None:
        """Add the text held back."""
        others = self._others.take()
        if others and (self.outcome.has_answer or self.outcome.has_reasoning or self.outcome.has_tool_calls):
            events.append(Note(answers.OTHER_ANSWERS))
            if self._usage is not None and self._counts_first_only:
                notes = (*self._usage.notes, answers.FIRST_ONLY_COUNTED)
                events.append(UsageReport(replace(self._usage, source=Source.ESTIMATED, notes=notes)))
        else:
            for choice in others:
                self._read_choice(choice, events)
        self.texts.finish(events)
        events += (ToolCallDelta(where, "", mend(rest)) for where, rest in self._calls.finish())
        if self._calls.has_broken_call:
            events.append(Note(answers.ARGUMENTS_TWICE))

    def _identify(self, chunk: Mapping[str, object], events: list[StreamEvent]) -> None:
        model = chunk.get("model")
        fingerprint = chunk.get("system_fingerprint")
        new_model = model if isinstance(model, str) and model and self._model is None else None
        new_print = fingerprint if isinstance(fingerprint, str) and fingerprint else None
        if self._fingerprint is not None:
            new_print = None
        if new_model or new_print:
            self._model = new_model or self._model
            self._fingerprint = new_print or self._fingerprint
            events.append(
                Identified(
                    model=mend(new_model) if new_model else None,
                    system_fingerprint=mend(new_print) if new_print else None,
                )
            )

    def _read_choice(self, choice: Mapping[str, object], events: list[StreamEvent]) -> None:
        if choice.get("index") and self._others.keep(choice):
            return
        delta = choice.get("delta")
        if isinstance(delta, dict) and len(delta) == 1 and type(content := delta.get("content")) is str:
            self._has_delta_text |= bool(content)  # the usual delta of an answer
            self._add_answer(content, events)
        else:
            for part in deltas_of(choice):
                self._read_delta(part, events)
                self._has_delta_text |= bool(part.get("content"))
                self._has_delta_reasoning |= self.outcome.has_reasoning
        if not self._has_delta_text and (message := message_of(choice)) is not None:
            known = self._has_delta_reasoning, self.outcome.has_tool_calls
            is_last = bool(choice.get("finish_reason"))
            self._read_delta(self._messages.rest(message, *known, is_last=is_last), events)
        error = choice.get("error")
        if error:  # OpenRouter, mid-stream
            self.outcome.error = error if isinstance(error, dict) else {"message": flatten(error)}
        reason = choice.get("finish_reason")
        if reason:
            self.outcome.finish_reason = _word(reason) or self.outcome.finish_reason
            if choice.get("usage"):  # Moonshot
                self._read_usage(choice, events)

    def _read_delta(self, delta: Mapping[str, object], events: list[StreamEvent]) -> None:
        reasoning, source = find_reasoning(delta)
        if reasoning:
            self.texts.begin_reasoning(source, events)
            self.texts.add_reasoning(reasoning, events)
        content = delta.get("content")
        if content:
            if isinstance(content, list):
                self._read_parts(content, events)
            elif text := flatten(content):
                self.texts.add_answer(text, events)
            else:
                self.texts.lose(answers.NOT_TEXT, events)
        if len(delta) > 1 or content is None:
            self._read_rest(delta, events)

    def _read_parts(self, parts: list[object], events: list[StreamEvent]) -> None:
        for text, is_reasoning in split_parts(parts):
            if is_reasoning:
                self.texts.begin_reasoning("content[].thinking", events)
            self.texts.add(text, is_reasoning, events)
        for part in parts:
            if isinstance(part, dict) and part.get("type") == "refusal":
                self._refuse(part.get("refusal"), events)
            elif what := find_unread_part(part):
                self.texts.lose(what, events)

    def _read_rest(self, delta: Mapping[str, object], events: list[StreamEvent]) -> None:
        refusal = delta.get("refusal")
        if refusal:
            self._refuse(refusal, events)
        calls = delta.get("tool_calls")
        if not calls and delta.get("function_call"):
            calls = {"function": delta["function_call"]}
        if calls:
            calls = calls if isinstance(calls, list) else [calls]
            is_alone = len(calls) == 1
            for position, call in enumerate(calls):
                self._read_tool_call(-1 if is_alone else position, call, events)
        if not delta.keys() <= KNOWN_FIELDS:
            self._read_strange(delta, events)

    def _refuse(self, words: object, events: list[StreamEvent]) -> None:
        if self.texts.is_new(answers.REFUSED):
            events.append(Note(answers.REFUSED))
        self.texts.add_answer(flatten(words), events)

    def _read_strange(self, delta: Mapping[str, object], events: list[StreamEvent]) -> None:
        """Read rare fields, or report that their content is not shown."""
        audio = delta.get("audio")
        if isinstance(audio, dict):
            if self.texts.is_new(answers.AUDIO):
                events.append(Note(answers.AUDIO))
            self.texts.add_answer(flatten(audio.get("transcript")), events)
        for what in find_unread(delta):
            self.texts.lose(what, events)

    def _read_tool_call(self, position: int, call: object, events: list[StreamEvent]) -> None:
        if not isinstance(call, dict):
            return
        inner = call.get("function") or call.get("custom")
        function = inner if isinstance(inner, dict) else call
        index = read_count(call.get("index"))
        name = function.get("name")
        arguments = function.get("arguments", function.get("input"))
        if arguments is not None and not isinstance(arguments, str):
            arguments = json.dumps(arguments, ensure_ascii=False)
        name = name.partition("<|")[0] if isinstance(name, str) else ""  # a leaked harmony mark
        identity = call.get("id")
        identity = mend(identity)[:200] if isinstance(identity, str) else ""
        if not name and not arguments:
            return
        self.texts.use_room(len(arguments or "") + len(name))
        self.outcome.has_tool_calls = True
        where, new = self._calls.place(index, position, identity, name, arguments or "")
        events.append(ToolCallDelta(where, mend(name), mend(new), identity))

    def _read_usage(self, chunk: Mapping[str, object], events: list[StreamEvent]) -> None:
        value = usage_object(chunk)
        usage = read_usage(value)
        if usage is not None and usage != self._usage:
            self._usage = usage = complete_counts(usage, self._usage)
            usage = replace(usage, is_replay=True) if self._is_replay else usage
            self.outcome.counts_no_tokens = usage.completion_tokens == 0
            events.append(UsageReport(usage))
        cost = read_server_cost(value)
        if cost is not None and cost != self.server_cost:
            self.server_cost = cost
            events.append(ServerCostReport(cost))
        if isinstance(value, dict) and "timing_token_generation" in value:  # LocalAI
            timings = read_timings(chunk)
            if timings is not None:
                events.append(TimingsReport(timings))


def _word(reason: object) -> str | None:
    """Return the server's finish reason; an object has it as ``type``."""
    if isinstance(reason, dict):
        reason = reason.get("type")
    return mend(reason)[:100] if isinstance(reason, str) and reason else None
