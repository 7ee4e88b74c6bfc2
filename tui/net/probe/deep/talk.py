"""Sends the requests of the ability tests, one at a time like all requests of a check."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import field

from tui.core.abilities import Ability, AbilityResult, Finding
from tui.core.abilities import Outcome as Verdict
from tui.core.chat import ChatRequest
from tui.core.endpoint_url import chat_url_of
from tui.core.failure import LmdeckError
from tui.core.lazy_dataclass import dataclass
from tui.core.observed import Outcome
from tui.core.parts import parts_of
from tui.core.provider import Sampling, Thinking
from tui.core.safe_text import safe_line
from tui.core.turn import Turn
from tui.core.usage import Usage, cost_of
from tui.net.addresses import origin_text
from tui.net.fetch import fetch
from tui.net.observing import Observed
from tui.net.probe.context import DiagnosisContext
from tui.net.request_trace import Requests
from tui.texts import abilities as texts
from tui.wire.abilities.refusal import failure_of
from tui.wire.abilities.reply import LONGER, Reply, not_tried, read_reply
from tui.wire.request import build_chat_body
from tui.wire.server_quirks import ServerQuirks

_OWN_FIELDS = frozenset(
    {
        "messages", "stream", "tools", "tool_choice", "response_format", "logprobs", "top_logprobs", "n",
        "seed", "stop", "max_tokens", "max_completion_tokens", "n_predict", "best_of", "extra_body",
    }
)  # fmt: skip
"""The provider's fields that a test sets itself, or that could make it cost more than announced."""


@dataclass(slots=True)
class Spent:
    """The usage of one test."""

    requests: int = 0
    usage: Usage | None = None
    models: list[str] = field(default_factory=list)
    """The distinct models named in the replies."""
    providers: list[str] = field(default_factory=list)
    """The distinct upstream providers reported by a gateway."""

    @property
    def tokens(self) -> int | None:
        """Prompt and completion tokens together; ``None`` if not reported."""
        if self.usage is None:
            return None
        return (self.usage.prompt_tokens or 0) + (self.usage.completion_tokens or 0)

    def judge(self, finding: Finding) -> Finding:
        """Return the finding of a test; answers from two models or places are no single verdict."""
        if finding.outcome is not Verdict.NOT_TRIED:
            for text, names in (
                (texts.SEVERAL_PROVIDERS, self.providers),
                (texts.SEVERAL_MODELS, self.models),
            ):
                if len(names) > 1:
                    return not_tried(text.format(names=", ".join(safe_line(name, 60) for name in names)))
        return finding

    def result(self, ability: Ability, finding: Finding) -> AbilityResult:
        """Return the result of a test with this usage."""
        served = [", ".join(names) for names in (self.models, self.providers)]
        return AbilityResult(ability, finding.outcome, finding.evidence, self.tokens, self.requests, *served)


@dataclass(eq=False, repr=False)
class Talk:
    """The endpoint as used by the tests."""

    context: DiagnosisContext
    quirks: ServerQuirks
    """What the endpoint is known to reject: test requests are as portable as those of a chat."""
    spent: Spent = field(default_factory=Spent)
    """The usage of the running test."""
    results: dict[Ability, AbilityResult] = field(default_factory=dict)
    """The results of earlier tests."""

    @property
    def model(self) -> str:
        """The tested model."""
        return self.context.findings.model

    @property
    def base_url(self) -> str:
        """The endpoint's base URL, without a trailing slash."""
        return self.context.endpoint.base_url

    @property
    def root(self) -> str:
        """Scheme, host and port only."""
        return origin_text(self.base_url)

    @property
    def _thinking(self) -> Thinking | None:
        """The provider's own setting, or off if possible.

        Reasoning, which would use up the few tokens of each answer, is switched off if the chat showed some
        and the server's way to do so is known.
        """
        found = self.context.findings
        if self.context.target.thinking is not None:
            return self.context.target.thinking
        is_own_server = found.identity.kind is not None and not found.identity.kind.hosts
        return Thinking.OFF if is_own_server and found.turn is not None and found.turn.reasoning else None

    async def chat(
        self,
        messages: Sequence[Mapping[str, object]],
        max_tokens: int,
        *,
        stream: bool = False,
        fields: Mapping[str, object] | None = None,
    ) -> Reply:
        """Send a chat completion; ``fields`` are those of the test. No other sampling field is sent."""
        target = self.context.target
        request = ChatRequest(
            self.model,
            (),
            Sampling(max_tokens=max_tokens),
            stream=stream,
            thinking=self._thinking,
            extra_body={name: value for name, value in target.extra_body.items() if name not in _OWN_FIELDS},
        )
        body = build_chat_body(request, self.quirks, self.context.findings.identity.kind)
        body |= {"messages": list(messages), "stream": stream, **(fields or {})}
        return await self.post(chat_url_of(self.base_url), body)

    async def chat_to_end(
        self,
        messages: Sequence[Mapping[str, object]],
        max_tokens: int,
        *,
        stream: bool = False,
        fields: Mapping[str, object] | None = None,
        is_enough: Callable[[Reply], bool] = lambda reply: False,
    ) -> Reply:
        """Send a chat completion, with more tokens again if the answer is truncated and not sufficient.

        A truncated answer proves nothing.
        """
        reply = await self.chat(messages, max_tokens, stream=stream, fields=fields)
        if not reply.is_cut or is_enough(reply):
            return reply
        return await self.chat(messages, LONGER, stream=stream, fields=fields)

    async def post(
        self, url: str, body: Mapping[str, object], *, headers: Mapping[str, str] | None = None
    ) -> Reply:
        """POST a JSON object to a URL of the endpoint once, and read the whole reply.

        Never raises because of the network or server. The exchange is reported to the observers.
        """
        endpoint, target, factory = self.context.endpoint, self.context.target, self.context.services.factory
        requests = Requests(target.origin, self.model)
        route = url.removeprefix(endpoint.base_url).removeprefix(self.root).partition("?")[0]
        redactor, times, observers = factory.redactor, factory.route_times, factory.observers
        observed = Observed(requests, target.origin, endpoint, route, redactor, times, observers)
        factory.redactor.add_sent(endpoint.key, endpoint.extra_headers, target.extra_body)
        turn = Turn("", parts_of(""))
        outcome = Outcome.STOPPED
        self.spent.requests += 1
        try:
            reply = await self._sent(url, body, headers or {}, requests)
            turn.usage, turn.server_cost = reply.charge.usage, reply.charge.cost
            turn.failure = failure_of(reply, redactor)
            turn.cost = cost_of(turn.usage, target.origin.price)
            outcome = Outcome.DONE if turn.failure is None else Outcome.FAILED
        finally:
            turn.timings = requests.timings(time.perf_counter())
            observed.finish(outcome, turn)
        self._note(reply)
        return reply

    async def _sent(
        self, url: str, body: Mapping[str, object], headers: Mapping[str, str], requests: Requests
    ) -> Reply:
        context = self.context
        try:
            response = await fetch(
                context.services.factory,
                context.endpoint,
                url,
                seconds=context.limits.ability_seconds,
                reprobe_seconds=0,
                content=json.dumps(body, allow_nan=False).encode(),
                headers=headers,
                requests=requests,
            )
        except LmdeckError as error:
            return Reply(failure=error.failure)
        return read_reply(response.status, response.headers, response.body)

    def _note(self, reply: Reply) -> None:
        usage, spent = reply.usage, self.spent
        for name, names in ((reply.model, spent.models), (reply.provider, spent.providers)):
            if name and name not in names:
                names.append(name)
        if usage is not None:
            spent.usage = usage if spent.usage is None else spent.usage.plus(usage)
            known = self.context.findings.usage
            self.context.findings.usage = usage if known is None else known.plus(usage)
