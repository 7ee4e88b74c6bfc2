"""The reply to a test request as a plain value, with methods to read it."""

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
"""The token limit of the second attempt, if the first answer was truncated."""
_BROKEN_OFF = frozenset({"stream-truncated", "stream-unfinished"})
_PASSING_ENDINGS = (Ending.FAILED, Ending.OVERLOADED, Ending.FILTERED, Ending.STOPPED)
_WITHOUT_OUTPUT = frozenset({"data", "results"})
"""Fields of responses with vectors or scores, which may report only a total of tokens."""
_EMPTY: Mapping[str, object] = {}


@dataclass(frozen=True, slots=True)
class Reply:
    """One parsed reply, from any response of a server."""

    status: int | None = None
    """``None`` if there was no response; then ``failure`` has the reason."""
    headers: Mapping[str, str] = field(default_factory=dict)
    """Lower-case names."""
    value: object = None
    """The JSON of the body; ``None`` if it is not JSON, or a stream."""
    chunks: tuple[Mapping[str, object], ...] = ()
    """The JSON objects of a stream, in order."""
    body: bytes = field(default=b"", repr=False)
    failure: Failure | None = None
    turn: Turn | None = field(default=None, repr=False)
    """The chat completion, parsed like in a chat, whole or streamed; ``None`` if it is none."""

    @property
    def is_ok(self) -> bool:
        """Whether it is an answer and not an error, whatever the status."""
        return self.status is not None and 200 <= self.status < 300 and self.error_object is None

    @property
    def error_object(self) -> dict[str, object] | None:
        """Return the error that replaces an answer, next to its choices or inside one."""
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
        """The server's explanation for an answer that did not end properly; empty otherwise.

        Such an answer is inconclusive: another attempt may succeed.
        """
        reason = next(filter(_is_passing, map(reason_of, self._all_choices)), "")
        if reason:
            said = f": {shown(self.content)}" if self.content.strip() else ""
            return texts.ENDED_EARLY.format(reason=shown(reason), said=said)
        if self.turn is not None and answers.REFUSED in self.turn.notes:
            return texts.MODEL_REFUSED.format(text=shown(self.content))
        return ""

    @property
    def broke_off(self) -> str:
        """Why a stream ended before its end mark; empty if it did not."""
        failure = None if self.turn is None else self.turn.failure
        return failure.title if failure is not None and failure.cause in _BROKEN_OFF else ""

    @property
    def whole(self) -> Mapping[str, object]:
        """The JSON object of the body; empty if it is not one."""
        return self.value if isinstance(self.value, dict) else _EMPTY

    @property
    def charge(self) -> Charge:
        """The reported usage and cost; for a stream, from the last chunk that has either."""
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
        """The prompt tokens reported by the server."""
        return None if self.usage is None else self.usage.prompt_tokens

    @property
    def completion_tokens(self) -> int | None:
        """The completion tokens reported by the server."""
        return None if self.usage is None else self.usage.completion_tokens

    @property
    def model(self) -> str:
        """The model named in the reply."""
        return self._named("model")

    @property
    def provider(self) -> str:
        """The upstream provider reported by a gateway, in OpenRouter's field."""
        return self._named("provider")

    def _named(self, name: str) -> str:
        values = [one.get(name) for one in (self.whole, *self.chunks)]
        return next((mend(value)[:200] for value in values if isinstance(value, str) and value), "")

    # ── A chat completion ───────────────────────────────────────────────────────────────────

    @property
    def choices(self) -> list[Mapping[str, object]]:
        """The choices of a chat completion that is not a stream."""
        return choices_of(self.whole.get("choices"))

    @property
    def choice(self) -> Mapping[str, object]:
        """The first choice; empty if there is none."""
        return self.choices[0] if self.choices else _EMPTY

    @property
    def message(self) -> Mapping[str, object]:
        """The message of the first choice; empty if there is none."""
        message = self.choice.get("message")
        return message if isinstance(message, dict) else _EMPTY

    @property
    def content(self) -> str:
        """The text of the first choice without reasoning, separated like in a chat."""
        return "" if self.turn is None else self.turn.answer.text

    @property
    def reasoning(self) -> str:
        """The reasoning of the first choice, wherever it is."""
        return "" if self.turn is None else self.turn.reasoning.text

    @property
    def written(self) -> str:
        """The text, including what a chat would parse as a tool call in the text."""
        if self.turn is None or not self.turn.tool_calls:
            return self.content
        deltas = [delta for choice in self._all_choices for delta in deltas_of(choice)]
        return "".join(mend(flatten(one.get("content"))) for one in (self.message, *deltas))

    @property
    def _all_choices(self) -> list[Mapping[str, object]]:
        """The choices of the body, or of all chunks of a stream."""
        return [choice for one in (self.whole, *self.chunks) for choice in choices_of(one.get("choices"))]

    @property
    def finish_reason(self) -> str:
        """The finish reason of the first choice; for a stream, the last one sent."""
        return next(filter(None, map(reason_of, reversed(self._all_choices))), "")

    @property
    def is_cut(self) -> bool:
        """Whether the answer reached the token limit, possibly with an error.

        Such an answer does not prove that something is missing.
        """
        return self.wants_more_tokens or any(
            ending_of(reason_of(choice) or None) is Ending.CUT for choice in self._all_choices
        )

    @property
    def wants_more_tokens(self) -> bool:
        """Whether it is an error about a token limit that is too low."""
        return self.ended_at_limit or self._says(TOO_FEW_TOKENS)

    @property
    def ended_at_limit(self) -> bool:
        """Whether it is an error about a token limit that was reached."""
        return self._says(LIMIT_REACHED)

    def _says(self, words: re.Pattern[str]) -> bool:
        is_answer = self.status is None or self.is_ok
        return not is_answer and words.search(self.error.message.lower()) is not None


def reason_of(choice: Mapping[str, object]) -> str:
    """Return a finish reason in lower case; empty if there is none."""
    reason = choice.get("finish_reason")
    if isinstance(reason, dict):
        reason = reason.get("type")
    return reason.lower() if isinstance(reason, str) else ""


def _is_passing(reason: str) -> bool:
    return ending_of(reason or None) in _PASSING_ENDINGS


def read_reply(status: int, headers: Mapping[str, str], body: bytes) -> Reply:
    """Parse a response. Never raises."""
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
    """Parse a reply with the chat's own reader, which finds reasoning in fields, content parts and tags.

    An answer that is only reasoning stays reasoning: clients do not move it.
    """
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
    """Return whether two prompts have the same token count.

    Then what was added to the first one never reached the model.
    """
    return reply.prompt_tokens is not None and reply.prompt_tokens == plain.prompt_tokens


def shown(text: str) -> str:
    """Return the beginning of a model's or server's text, quoted and sanitised."""
    return f'"{safe_line(" ".join(text.split()), _SHOWN_LENGTH)}"'


def yes(evidence: str) -> Finding:
    """The effect was observed."""
    return Finding(Outcome.YES, evidence)


def refused(evidence: str) -> Finding:
    """The server refuses."""
    return Finding(Outcome.NO, evidence)


def ignored(evidence: str) -> Finding:
    """Accepted without effect."""
    return Finding(Outcome.IGNORED, evidence)


def broken(evidence: str) -> Finding:
    """Accepted, but the answer is wrong."""
    return Finding(Outcome.BROKEN, evidence)


def not_tried(evidence: str) -> Finding:
    """Inconclusive."""
    return Finding(Outcome.NOT_TRIED, evidence)


def not_finished() -> Finding:
    """The answer was truncated at the higher token limit as well."""
    return not_tried(texts.NOT_FINISHED.format(tokens=LONGER))
