"""The reply to the request of a test: a plain value, and ways to read it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import field

from tui.core.abilities import Finding, Outcome
from tui.core.events import Reclassified
from tui.core.failure import Failure
from tui.core.finish_reasons import Ending, ending_of
from tui.core.fold import apply
from tui.core.lazy_dataclass import dataclass
from tui.core.parts import parts_of
from tui.core.safe_text import safe_line
from tui.core.turn import Turn
from tui.core.usage import Charge, Usage
from tui.texts import abilities as texts
from tui.texts import answers
from tui.wire.choices import choices_of, deltas_of
from tui.wire.error_body import ErrorBody, is_error_object, read_error_body, read_error_object
from tui.wire.error_words import LIMIT_REACHED, TOO_FEW_TOKENS
from tui.wire.reasoning import flatten
from tui.wire.reply import ReplyReader
from tui.wire.sse import SseDecoder
from tui.wire.strict_json import StrictJsonError, parse_json
from tui.wire.surrogates import mend
from tui.wire.usage_fields import read_charge

_ERROR_LENGTH = 64_000
_SHOWN_LENGTH = 60
LONGER = 256
"""The limit of tokens of the second try, where an answer was cut at the first one."""
_BROKEN_OFF = frozenset({"stream-truncated", "stream-unfinished"})
_PASSING_ENDINGS = (Ending.FAILED, Ending.OVERLOADED, Ending.FILTERED, Ending.STOPPED)
_WITHOUT_OUTPUT = frozenset({"data", "results"})
"""Fields of answers that hold vectors or scores: they may count one sum of tokens."""
_EMPTY: Mapping[str, object] = {}


@dataclass(frozen=True, slots=True)
class Reply:
    """One parsed reply; any response of a server makes one."""

    status: int | None = None
    """``None``: no answer came at all, and ``failure`` says why."""
    headers: Mapping[str, str] = field(default_factory=dict)
    """Lower-case names."""
    value: object = None
    """The JSON of the body; ``None`` if it is none, or a stream."""
    chunks: tuple[Mapping[str, object], ...] = ()
    """The JSON objects of a stream, in order."""
    body: bytes = field(default=b"", repr=False)
    failure: Failure | None = None
    turn: Turn | None = field(default=None, repr=False)
    """A chat completion as a chat reads it, whole or streamed; ``None`` if it is none."""

    @property
    def is_ok(self) -> bool:
        """Whether it is an answer, not an error under whatever status."""
        return self.status is not None and 200 <= self.status < 300 and self.error_object is None

    @property
    def error_object(self) -> dict[str, object] | None:
        """The error that replaces an answer, beside its choices or inside of one."""
        for one in (self.value, *self.chunks):
            if not isinstance(one, dict):
                continue
            if is_error_object(one) and (one.get("error") or not one.get("choices")):
                return one
            for choice in choices_of(one.get("choices")):
                if error := choice.get("error"):
                    return {"error": error}
        return None

    @property
    def error(self) -> ErrorBody:
        """The error, if it is one."""
        if self.error_object is not None:
            return read_error_object(self.error_object)
        return read_error_body(self.body[:_ERROR_LENGTH].decode("utf-8", "replace"))

    @property
    def fault(self) -> str:
        """Why an answer came to no proper end, as the server says it; empty where it did. Such an answer
        says nothing of an ability: another try may go well."""
        reason = next(filter(_is_passing, map(reason_of, self._all_choices)), "")
        if reason:
            said = f": {shown(self.content)}" if self.content.strip() else ""
            return texts.ENDED_EARLY.format(reason=shown(reason), said=said)
        if self.turn is not None and answers.REFUSED in self.turn.notes:
            return texts.MODEL_REFUSED.format(text=shown(self.content))
        return ""

    @property
    def broke_off(self) -> str:
        """Why a stream ended before its end mark; empty where it had one."""
        failure = None if self.turn is None else self.turn.failure
        return failure.title if failure is not None and failure.cause in _BROKEN_OFF else ""

    @property
    def whole(self) -> Mapping[str, object]:
        """The JSON object of the body; an empty one where it is none."""
        return self.value if isinstance(self.value, dict) else _EMPTY

    @property
    def charge(self) -> Charge:
        """What it says that it used and cost; the last chunk that says either, for a stream."""
        has_output = _WITHOUT_OUTPUT.isdisjoint(self.whole)
        found = [
            read_charge(one, self.headers, has_output=has_output)
            for one in (*reversed(self.chunks), self.value)
        ]
        usages, costs = ([getattr(one, name) for one in found] for name in ("usage", "cost"))
        return Charge(next(filter(None, usages), None), next(filter(None, costs), None))

    @property
    def usage(self) -> Usage | None:
        """The token counts."""
        return self.charge.usage

    @property
    def prompt_tokens(self) -> int | None:
        """The tokens of the prompt, as the server counts them."""
        return None if self.usage is None else self.usage.prompt_tokens

    @property
    def completion_tokens(self) -> int | None:
        """The generated tokens, as the server counts them."""
        return None if self.usage is None else self.usage.completion_tokens

    @property
    def model(self) -> str:
        """The model that it names."""
        return self._named("model")

    @property
    def provider(self) -> str:
        """Whom a gateway says that it has asked: OpenRouter's field."""
        return self._named("provider")

    def _named(self, name: str) -> str:
        values = [one.get(name) for one in (self.whole, *self.chunks)]
        return next((mend(value)[:200] for value in values if isinstance(value, str) and value), "")

    # ── A chat completion ───────────────────────────────────────────────────────────────────

    @property
    def choices(self) -> list[Mapping[str, object]]:
        """The choices of a chat completion that is no stream."""
        return choices_of(self.whole.get("choices"))

    @property
    def choice(self) -> Mapping[str, object]:
        """The first choice; an empty one where there is none."""
        return self.choices[0] if self.choices else _EMPTY

    @property
    def message(self) -> Mapping[str, object]:
        """The message of the first choice; an empty one where there is none."""
        message = self.choice.get("message")
        return message if isinstance(message, dict) else _EMPTY

    @property
    def content(self) -> str:
        """The text of the first choice without reasoning, separated as in a chat."""
        return "" if self.turn is None else self.turn.answer.text

    @property
    def reasoning(self) -> str:
        """The reasoning of the first choice, wherever it is."""
        return "" if self.turn is None else self.turn.reasoning.text

    @property
    def written(self) -> str:
        """The text, and what a chat reads as a call though it stands in the text."""
        if self.turn is None or not self.turn.tool_calls:
            return self.content
        deltas = [delta for choice in self._all_choices for delta in deltas_of(choice)]
        return "".join(mend(flatten(one.get("content"))) for one in (self.message, *deltas))

    @property
    def _all_choices(self) -> list[Mapping[str, object]]:
        """The choices of the body, or of every chunk of a stream."""
        return [choice for one in (self.whole, *self.chunks) for choice in choices_of(one.get("choices"))]

    @property
    def finish_reason(self) -> str:
        """Why the first choice ended; of a stream, what its last chunk with a reason says."""
        return next(filter(None, map(reason_of, reversed(self._all_choices))), "")

    @property
    def is_cut(self) -> bool:
        """Whether an answer ended at the limit of tokens, be it with an error: it proves nothing of what it
        lacks."""
        return self.wants_more_tokens or any(
            ending_of(reason_of(choice) or None) is Ending.CUT for choice in self._all_choices
        )

    @property
    def wants_more_tokens(self) -> bool:
        """Whether it is an error that says that the limit of tokens was too low."""
        return self.ended_at_limit or self._says(TOO_FEW_TOKENS)

    @property
    def ended_at_limit(self) -> bool:
        """Whether it is an error that says that the limit of tokens was reached."""
        return self._says(LIMIT_REACHED)

    def _says(self, words: re.Pattern[str]) -> bool:
        is_answer = self.status is None or self.is_ok
        return not is_answer and words.search(self.error.message.lower()) is not None


def reason_of(choice: Mapping[str, object]) -> str:
    """Return a finish reason in lower case; empty where there is none."""
    reason = choice.get("finish_reason")
    if isinstance(reason, dict):
        reason = reason.get("type")
    return reason.lower() if isinstance(reason, str) else ""


def _is_passing(reason: str) -> bool:
    return ending_of(reason or None) in _PASSING_ENDINGS


def read_reply(status: int, headers: Mapping[str, str], body: bytes) -> Reply:
    """Return what a response is. Never raises."""
    value: object = None
    chunks: tuple[Mapping[str, object], ...] = ()
    if "text/event-stream" in headers.get("content-type", "") or body.lstrip()[:5] == b"data:":
        chunks = tuple(_chunks(body))
    else:
        value = _parsed(body.decode("utf-8", "replace").lstrip("\ufeff"))
    is_chat = any(isinstance(one, dict) and "choices" in one for one in (value, *chunks))
    turn = _read_as_chat(status, headers, body) if is_chat and 200 <= status < 300 else None
    return Reply(status, headers, value, chunks, body, turn=turn)


def _read_as_chat(status: int, headers: Mapping[str, str], body: bytes) -> Turn:
    """Return a reply as parsed by the chat's own reader: its reasoning may be in a field, in a part of the
    content, between tags. An answer that is only reasoning stays that: clients do not move it."""
    turn = Turn("", parts_of(""))
    reader = ReplyReader(status=status, headers=headers, streamed=False)
    for event in (*reader.feed(body), *reader.finish()):
        if not isinstance(event, Reclassified) or not event.to_answer:
            apply(turn, event, 0.0)
    return turn


def _chunks(body: bytes) -> list[Mapping[str, object]]:
    decoder = SseDecoder()
    events = [*decoder.feed(body), *decoder.finish()]
    values = [_parsed(event.data) for event in events if not event.is_comment]
    return [value for value in values if isinstance(value, dict)]


def _parsed(text: str) -> object:
    try:
        return parse_json(text)
    except StrictJsonError:
        return None


def has_same_prompt(reply: Reply, plain: Reply) -> bool:
    """Return whether two prompts have as many tokens by the server's count: what the first one had on top
    never reached the model."""
    return reply.prompt_tokens is not None and reply.prompt_tokens == plain.prompt_tokens


def shown(text: str) -> str:
    """Return the beginning of a model's or a server's text in quotation marks, as one safe line."""
    return f'"{safe_line(" ".join(text.split()), _SHOWN_LENGTH)}"'


def yes(evidence: str) -> Finding:
    """The effect was seen."""
    return Finding(Outcome.YES, evidence)


def refused(evidence: str) -> Finding:
    """It cannot, and says so."""
    return Finding(Outcome.NO, evidence)


def ignored(evidence: str) -> Finding:
    """Accepted without effect."""
    return Finding(Outcome.IGNORED, evidence)


def broken(evidence: str) -> Finding:
    """Accepted, and wrong."""
    return Finding(Outcome.BROKEN, evidence)


def not_tried(evidence: str) -> Finding:
    """Nothing is known."""
    return Finding(Outcome.NOT_TRIED, evidence)


def not_finished() -> Finding:
    """The answer was cut at the higher limit of tokens as well."""
    return not_tried(texts.NOT_FINISHED.format(tokens=LONGER))
