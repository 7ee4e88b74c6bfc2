"""One chunk of a chat, or one whole reply, turned into events."""

from __future__ import annotations

import json
from collections.abc import Mapping

from tui.core.events import (
    AnswerDelta,
    Identified,
    LostText,
    Note,
    ReasoningDelta,
    ServerCostReport,
    StreamEvent,
    TimingsReport,
    ToolCallDelta,
    UsageReport,
)
from tui.core.reconcile import complete_counts
from tui.core.usage import ServerCost, Usage
from tui.wire.choices import MessageParts, OtherChoices, choices_of, deltas_of, message_of
from tui.wire.finish import Outcome
from tui.wire.numbers import read_count
from tui.wire.reasoning import find_reasoning, flatten, split_parts
from tui.wire.sse import LimitExceeded
from tui.wire.surrogates import SurrogateMender, mend
from tui.wire.think_tags import TagSplitter
from tui.wire.tool_calls import ToolCallOrder
from tui.wire.unread_fields import AUDIO_NOTE, KNOWN_FIELDS, find_unread, find_unread_part, holds_text
from tui.wire.usage_fields import read_server_cost, read_timings, read_usage

OTHER_CHOICES = "The server sent several answers; only the first is shown."
STRANGE_CONTENT = "The server sent content that is no text, which is not shown."
NO_CHOICE = "The server sent text outside of a choice, which is not shown."
REFUSED = "The model refused to answer."


class ChunkReader:
    """Reads the chunks of one reply in order and keeps what they say of its end in ``outcome``."""

    __slots__ = (
        "_answer_mender", "_calls", "_fingerprint", "_has_delta_reasoning", "_has_delta_text", "_has_refusal",
        "_messages", "_model", "_others", "_reasoning_mender", "_room", "_said", "_server_cost", "_source",
        "_splitter", "_usage",
        "mends", "outcome",
    )  # fmt: skip

    def __init__(self, answer_limit: int) -> None:
        self.outcome = Outcome()
        self.mends = False
        """Set for a chunk whose texts may hold halves of surrogate pairs."""
        self._room = answer_limit
        self._splitter = TagSplitter()
        self._answer_mender = SurrogateMender()
        self._reasoning_mender = SurrogateMender()
        self._model: str | None = None
        self._fingerprint: str | None = None
        self._source: str | None = None
        self._usage: Usage | None = None
        self._server_cost: ServerCost | None = None
        self._calls = ToolCallOrder()
        self._said: set[str] = set()
        self._has_refusal = False
        self._has_delta_text = self._has_delta_reasoning = False
        self._messages = MessageParts()
        self._others = OtherChoices()

    def read(self, chunk: Mapping[str, object], events: list[StreamEvent]) -> None:
        """Add the events of a chunk.

        Raises:
            LimitExceeded: all texts together are too large.
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
                self.lose(NO_CHOICE, events)
        if chunk.get("usage") or "x_groq" in chunk:
            self._read_usage(chunk, events)
        if "timings" in chunk or "metrics" in chunk or "stats" in chunk:
            timings = read_timings(chunk)
            if timings is not None:
                events.append(TimingsReport(timings))

    def finish(self, events: list[StreamEvent]) -> None:
        """Add what was held back."""
        others = self._others.take()
        if others and (self.outcome.has_answer or self.outcome.has_reasoning or self.outcome.has_tool_calls):
            events.append(Note(OTHER_CHOICES))
        else:
            for choice in others:
                self._read_choice(choice, events)
        for mender, add in (
            (self._reasoning_mender, self._add_reasoning),
            (self._answer_mender, self._add_answer),
        ):
            left = mender.finish()
            if left:
                add(left, events)
        self._take(self._splitter.finish(), events)

    @property
    def server_cost(self) -> ServerCost | None:
        """What the ``usage`` object said of the cost."""
        return self._server_cost

    def add_text(self, text: str, is_reasoning: bool, events: list[StreamEvent]) -> None:
        """Add a text that was found outside of a whole chunk."""
        if is_reasoning:
            self._add_reasoning(text, events)
        else:
            self._add_answer(text, events)

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
            self._has_delta_text |= bool(content)  # the common delta of an answer
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
        if error:  # OpenRouter, in the middle of a stream
            self.outcome.error = error if isinstance(error, dict) else {"message": flatten(error)}
        reason = choice.get("finish_reason")
        if reason:
            self.outcome.finish_reason = _word(reason) or self.outcome.finish_reason
            if choice.get("usage"):  # Moonshot
                self._read_usage(choice, events)

    def _read_delta(self, delta: Mapping[str, object], events: list[StreamEvent]) -> None:
        reasoning, source = find_reasoning(delta)
        if reasoning:
            self._name_source(source, events)
            events.extend(self._splitter.expect_fields())
            self._add_reasoning(reasoning, events)
        content = delta.get("content")
        if content:
            if isinstance(content, list):
                self._read_parts(content, events)
            elif text := flatten(content):
                self._add_answer(text, events)
            else:
                self.lose(STRANGE_CONTENT, events)
        if len(delta) > 1 or content is None:
            self._read_rest(delta, events)

    def _read_parts(self, parts: list[object], events: list[StreamEvent]) -> None:
        for text, is_reasoning in split_parts(parts):
            if is_reasoning:
                self._name_source("content[].thinking", events)
                events.extend(self._splitter.expect_fields())
            self.add_text(text, is_reasoning, events)
        for part in parts:
            if isinstance(part, dict) and part.get("type") == "refusal":
                self._refuse(part.get("refusal"), events)
            elif what := find_unread_part(part):
                self.lose(what, events)

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
        if not self._has_refusal:
            self._has_refusal = True
            events.append(Note(REFUSED))
        self._add_answer(flatten(words), events)

    def _read_strange(self, delta: Mapping[str, object], events: list[StreamEvent]) -> None:
        """Read or name what stands in fields that few servers send."""
        audio = delta.get("audio")
        if isinstance(audio, dict):
            if AUDIO_NOTE not in self._said:
                self._said.add(AUDIO_NOTE)
                events.append(Note(AUDIO_NOTE))
            self._add_answer(flatten(audio.get("transcript")), events)
        for what in find_unread(delta):
            self.lose(what, events)

    def lose(self, what: str, events: list[StreamEvent]) -> None:
        """Say once that something of the answer came and is not shown."""
        if what not in self._said:
            self._said.add(what)
            self.outcome.has_lost_text = True
            events.append(LostText(what))

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
        self._use_room(len(arguments or "") + len(name))
        self.outcome.has_tool_calls = True
        where = self._calls.place(index, position, identity, name, arguments or "")
        events.append(ToolCallDelta(where, mend(name), mend(arguments or ""), identity))

    def _add_answer(self, text: str, events: list[StreamEvent]) -> None:
        if self.mends or self._answer_mender.pending:
            text = self._answer_mender.feed(text)
        if not text:
            return
        self._room -= len(text)
        if self._room < 0:
            self._use_room(0)
        if self._splitter.passes(text):
            self.outcome.has_answer = True
            events.append(AnswerDelta(text))
        else:
            self._take(self._splitter.feed(text), events)

    def _take(self, split: list[StreamEvent], events: list[StreamEvent]) -> None:
        """Add events of the splitter, and follow which kind of text there is now."""
        if self._splitter.source is not None:
            self._name_source(self._splitter.source, events)
        for event in split:
            kind = type(event)
            if kind is AnswerDelta:
                self.outcome.has_answer = True
            elif kind is ReasoningDelta:
                self.outcome.has_reasoning = True
            elif kind is ToolCallDelta:
                self.outcome.has_tool_calls = True
            else:
                self.outcome.has_reasoning, self.outcome.has_answer = True, False
        events.extend(split)

    def _add_reasoning(self, text: str, events: list[StreamEvent]) -> None:
        if self.mends or self._reasoning_mender.pending:
            text = self._reasoning_mender.feed(text)
        if text:
            self._use_room(len(text))
            self.outcome.has_reasoning = True
            events.append(ReasoningDelta(text))

    def _use_room(self, size: int) -> None:
        self._room -= size
        if self._room < 0:
            raise LimitExceeded("the answer", self._room + size)

    def _name_source(self, source: str, events: list[StreamEvent]) -> None:
        if self._source is None:
            self._source = source
            events.append(Identified(reasoning_source=source))

    def _read_usage(self, chunk: Mapping[str, object], events: list[StreamEvent]) -> None:
        value = chunk.get("usage")
        if not value:
            groq = chunk.get("x_groq")
            value = groq.get("usage") if isinstance(groq, dict) else None
        usage = read_usage(value)
        if usage is not None and usage != self._usage:
            self._usage = usage = complete_counts(usage, self._usage)
            self.outcome.counts_no_tokens = usage.completion_tokens == 0
            events.append(UsageReport(usage))
        cost = read_server_cost(value)
        if cost is not None and cost != self._server_cost:
            self._server_cost = cost
            events.append(ServerCostReport(cost))
        if isinstance(value, dict) and "timing_token_generation" in value:  # LocalAI
            timings = read_timings(chunk)
            if timings is not None:
                events.append(TimingsReport(timings))


def _word(reason: object) -> str | None:
    """Return a finish reason as the server spells it; an object has it as ``type``."""
    if isinstance(reason, dict):
        reason = reason.get("type")
    return mend(reason)[:100] if isinstance(reason, str) and reason else None
