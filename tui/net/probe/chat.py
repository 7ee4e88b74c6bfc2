"""The checks of a real chat: one short stream through the chat client, and its results."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import aclosing
from dataclasses import field, replace

from tui.core.causes import explain, explain_again
from tui.core.chat import ChatRequest, Message, Role
from tui.core.counted import Counted
from tui.core.curl import curl_command
from tui.core.diagnosis import CheckId, failed, passed, skipped
from tui.core.endpoint_url import chat_url_of
from tui.core.event_text import event_text
from tui.core.events import AnswerDelta, Finished, Progress, ReasoningDelta, ResponseStarted, StreamEvent
from tui.core.failure import Failure
from tui.core.figures import UNKNOWN
from tui.core.fold import apply
from tui.core.lazy_dataclass import dataclass
from tui.core.parts import parts_of
from tui.core.redaction import ReplyRedactor
from tui.core.safe_text import safe_line
from tui.core.server_phase import WAITING_STAGES
from tui.core.turn import Turn
from tui.core.usage import Source, Usage, estimate_tokens
from tui.net.probe.context import DiagnosisContext
from tui.net.probe.server import accept_unlisted, metrics_text, read_load, settle_server, unlisted
from tui.texts import answers, checks, network
from tui.wire.fingerprint import identify
from tui.wire.metric_deltas import Counters, read_counters
from tui.wire.request import build_chat_body
from tui.wire.server_quirks import ServerQuirks

PROMPT = "Count from one to twenty."
MAX_TOKENS = 20
"""The most completion tokens of a check: enough to measure a rate, few enough for any budget."""

_KEPT_EVENTS = 60
_MOST_PIECES = 4 * MAX_TOKENS
_SPENDERS = frozenset({"max_tokens", "max_completion_tokens", "n_predict", "n", "best_of", "extra_body"})


@dataclass(slots=True)
class ChatOutcome:
    """The course of one chat."""

    turn: Turn
    reads: list[float] = field(default_factory=list)
    """When text arrived, one entry per read of the socket."""
    headers: dict[str, str] = field(default_factory=dict)
    before: Counters | None = None
    """The server's counters before the chat, if it shows them."""
    log: list[str] = field(default_factory=list)
    """Events with their times, for the details."""

    @property
    def failure(self) -> Failure | None:
        """The failure, if any."""
        return self.turn.failure

    @property
    def was_cut(self) -> bool:
        """Whether the answer was cut off, so that its last part is missing."""
        return self.failure is not None and self.failure.cause != "thinking-ate-budget"

    @property
    def has_text(self) -> bool:
        """Whether any text from the model was received."""
        return bool(self.turn.answer) or bool(self.turn.reasoning) or bool(self.turn.tool_calls)


async def chat(context: DiagnosisContext) -> ChatOutcome:
    """Send the short chat and fold the reply; nothing is raised because of the network or server."""
    request = ChatRequest(
        model=context.findings.model,
        messages=(Message(Role.USER, parts_of(PROMPT)),),
        sampling=replace(context.target.sampling, max_tokens=MAX_TOKENS),
        stream=True,
        thinking=context.target.thinking,
        extra_body=_thrifty(context.target.extra_body),
    )
    server = context.findings.identity.kind
    body = build_chat_body(request, ServerQuirks(), server)
    url = chat_url_of(context.endpoint.base_url)
    context.findings.curl = curl_command(context.endpoint, url, body, around_proxy=context.goes_around_proxy)
    outcome = ChatOutcome(Turn(identity="check", prompt=parts_of(PROMPT), model=request.model))
    if server is not None and server.durations:
        outcome.before = read_counters(await metrics_text(context))
    stream = context.services.chat().stream(
        context.endpoint,
        request,
        server=server,
        proved=context.findings.proved,
        timeouts=context.limits.of_request(),
        origin=context.target.origin,
    )
    redactor = ReplyRedactor(context.services.redactor)
    async with aclosing(stream) as batches:
        async for batch in batches:
            _take(context, outcome, batch.at, redactor.clean(batch.events))
            if outcome.turn.timings.text_events > _MOST_PIECES:
                apply(outcome.turn, Finished("length"), batch.at)  # a server that ignores the token limit
                break
    return outcome


def _thrifty(extra_body: Mapping[str, object]) -> dict[str, object]:
    """Return the extra body without fields that could make a check cost more than announced."""
    return {name: value for name, value in extra_body.items() if name not in _SPENDERS}


def _take(context: DiagnosisContext, outcome: ChatOutcome, at: float, events: list[StreamEvent]) -> None:
    has_text = False
    for event in events:
        apply(outcome.turn, event, at)
        is_text = isinstance(event, AnswerDelta | ReasoningDelta) and not event.was_held
        has_text = has_text or is_text
        if isinstance(event, ResponseStarted):
            outcome.headers = dict(event.headers)
        elif isinstance(event, Progress) and event.stage == "waiting":
            context.progress(checks.WAITED.format(seconds=event.seconds))
        elif isinstance(event, Progress) and event.stage in WAITING_STAGES:
            context.progress(event.detail)
        elif isinstance(event, Progress) and event.stage == "retrying":
            context.progress(network.RETRYING.format(reason=event.detail, seconds=event.seconds))
        _log(outcome, event, at)
    if has_text:
        outcome.reads.append(at)


def _log(outcome: ChatOutcome, event: StreamEvent, at: float) -> None:
    if len(outcome.log) < _KEPT_EVENTS:
        since = (at - (outcome.turn.timings.started or at)) * 1000
        outcome.log.append(f"+{since:.1f} ms {safe_line(event_text(event), 300)}")


async def check_chat(context: DiagnosisContext, outcome: ChatOutcome) -> None:
    """Judge whether the model answered the chat."""
    if not context.can_try(CheckId.CHAT):
        return
    turn, failure = outcome.turn, outcome.failure
    context.findings.turn = turn
    _note_usage(context, outcome)
    _note_identity(context, outcome)
    details = (context.findings.curl, *outcome.log)
    took = turn.timings.total_ms
    if failure is not None and failure.cause == "max-tokens-too-small":
        warning = explain_again(failure, allowed=str(MAX_TOKENS))
        context.settle(
            failed(CheckId.CHAT, warning, milliseconds=took, details=details, as_warning=True), blocks=True
        )
        return
    if failure is not None and not outcome.has_text and failure.cause != "thinking-ate-budget":
        failure, facts = await _add_evidence(context, failure)
        if repair := failure.facts.get("repair"):
            context.offer_url(repair, was_tried=False)
        context.settle(failed(CheckId.CHAT, failure, *facts, milliseconds=took, details=details))
        return
    accept_unlisted(context)
    facts = tuple(
        safe_line(note, 120)
        for note in turn.notes
        if note != answers.ALL_REASONING and not note.startswith(answers.ONLY_TAGGED)
    )
    refused = next((note for note in turn.notes if note.startswith("retried")), None)
    if refused is not None:
        warning = explain("unsupported-param", retried=refused.partition(":")[0])
        context.settle(
            failed(CheckId.CHAT, warning, *facts, milliseconds=took, details=details, as_warning=True)
        )
        return
    result = passed(CheckId.CHAT, _answer_title(turn), *facts, milliseconds=took)
    context.settle(replace(result, details=details))


async def _add_evidence(context: DiagnosisContext, failure: Failure) -> tuple[Failure, tuple[str, ...]]:
    """Add further evidence: similar model names, the length of a queue."""
    if failure.cause == "model-not-found":
        return unlisted(context, failure), ()
    if failure.cause in ("overloaded", "rate-limited"):
        load = await read_load(context)
        if load is not None and load.requests_waiting is not None:
            waiting, running = f"{load.requests_waiting:.0f}", f"{load.requests_running or 0:.0f}"
            better = explain_again(failure, waiting=waiting, retry_after=failure.facts.get("retry_after"))
            return better, (checks.REQUESTS_RUNNING.format(running=running, waiting=waiting),)
    return failure, ()


def _answer_title(turn: Turn) -> str:
    text = safe_line(" ".join((turn.answer.text or turn.reasoning.text).split()), 40)
    if not text:
        return checks.TOOL_CALL
    return (checks.MODEL_ANSWERS if turn.answer else checks.MODEL_THINKS).format(text=text)


def _note_usage(context: DiagnosisContext, outcome: ChatOutcome) -> None:
    """Add the usage of the check: as reported, else estimated."""
    turn = outcome.turn
    if turn.usage is not None:
        context.findings.usage = turn.usage
    elif outcome.has_text:
        text = turn.reasoning.text + turn.answer.text
        prompt, completion = estimate_tokens(PROMPT), estimate_tokens(text)
        context.findings.usage = Usage(prompt, completion, source=Source.ESTIMATED)


def _note_identity(context: DiagnosisContext, outcome: ChatOutcome) -> None:
    """Identify the server from the stream or its headers, if the model list did not."""
    fingerprint = outcome.turn.system_fingerprint
    seen = identify(headers=outcome.headers, system_fingerprint=fingerprint)
    known = context.findings.identity
    context.findings.identity = known.refined_by(seen)
    if context.findings.identity != known or (fingerprint and known.version is None):
        settle_server(context)


def check_usage(context: DiagnosisContext, outcome: ChatOutcome) -> None:
    """Judge whether the server reports token counts."""
    if not context.can_try(CheckId.USAGE):
        return
    usage = outcome.turn.usage
    if usage is None and outcome.was_cut:
        context.settle(skipped(CheckId.USAGE, checks.COUNTS_UNKNOWN))
        return
    if usage is None or usage.completion_tokens is None:
        context.settle(failed(CheckId.USAGE, explain("usage-missing"), as_warning=True))
        return
    parts = [
        answers.PROMPT_TOKENS.format(
            count=Counted(UNKNOWN if usage.prompt_tokens is None else usage.prompt_tokens)
        )
    ]
    parts.append(answers.COMPLETION_TOKENS.format(count=Counted(usage.completion_tokens)))
    if usage.reasoning_tokens is not None:
        parts.append(checks.REASONING_TOKENS.format(count=usage.reasoning_tokens))
    if usage.cached_tokens:
        parts.append(checks.CACHED_TOKENS.format(count=usage.cached_tokens))
    context.settle(passed(CheckId.USAGE, checks.COUNTS.format(counts=", ".join(parts))))


def check_reasoning(context: DiagnosisContext, outcome: ChatOutcome) -> None:
    """Report whether and how the model shows its reasoning."""
    if not context.can_try(CheckId.REASONING):
        return
    turn = outcome.turn
    if turn.failure is not None and turn.failure.cause == "thinking-ate-budget":
        warning = explain("thinking-ate-budget", allowed=str(MAX_TOKENS))
        context.settle(failed(CheckId.REASONING, warning, *_reasoning_facts(turn), as_warning=True))
    elif answers.ALL_REASONING in turn.notes:
        context.settle(failed(CheckId.REASONING, explain("reasoning-parser"), as_warning=True))
    elif any(note.startswith(answers.ONLY_TAGGED) for note in turn.notes):
        warning = explain("reasoning-parser", inline="yes")
        context.settle(failed(CheckId.REASONING, warning, as_warning=True))
    elif turn.reasoning:
        place = turn.reasoning_source or checks.THE_STREAM
        context.settle(passed(CheckId.REASONING, checks.REASONING_IN.format(place=place)))
    elif turn.usage is not None and turn.usage.reasoning_tokens:
        context.settle(passed(CheckId.REASONING, checks.REASONING_HIDDEN))
    else:
        context.settle(passed(CheckId.REASONING, checks.NO_REASONING))


def _reasoning_facts(turn: Turn) -> tuple[str, ...]:
    place = turn.reasoning_source or checks.THE_STREAM
    return (checks.REASONING_IN_FACT.format(place=place),) if turn.reasoning else ()


def skip_chat(context: DiagnosisContext) -> None:
    """Settle why no chat was sent."""
    reason = checks.QUICK if context.quick else checks.NO_MODEL
    for check in (CheckId.CHAT, CheckId.STREAM, CheckId.USAGE, CheckId.REASONING, CheckId.SPEED):
        if context.can_try(check):
            context.settle(skipped(check, reason), blocks=False)
