"""A server that chats well and answers the requests of an ability test from a script."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from tests.support.check_runner import SHORT
from tests.support.fake_api import FakeApi, Replayed, model_list
from tests.support.fault_server import Answer, Connection, Fault
from tui.core.abilities import Ability, Outcome
from tui.net.probe.chat import PROMPT
from tui.net.probe.target import ProbeLimits

Body = Mapping[str, object]
Scripted = Answer | Fault | Callable[[Body], Answer]


@dataclass(frozen=True)
class Case:
    """One server: its scripted replies, and the expected outcome."""

    ability: Ability
    outcome: Outcome
    says: str
    """A part of the evidence."""
    replies: Sequence[Answer | Fault]
    name: str = ""
    is_embedding: bool = False

    @property
    def label(self) -> str:
        return f"{self.ability}-{self.outcome}-{self.name or self.says}"


@dataclass
class AbilityServer:
    """Answers the check's own chat well, every other POST with the next reply of the script.

    Each request that it was not told to expect is answered with ``default``: 599, so that a test which asks
    too much fails.
    """

    replies: Sequence[Answer | Fault] = ()
    api: FakeApi = field(default_factory=lambda: FakeApi(models=model_list("m")))
    default: Answer | Fault = field(default_factory=lambda: Answer(b"{}", "599 Unexpected"))
    posts: list[tuple[str, dict[str, object]]] = field(default_factory=list)
    """Path and body of each POST that is part of a test."""

    def _is_vectors(self, head: bytes) -> bool:
        """Whether the check of an embedding provider asks."""
        return self.api.embeddings is not None and b"/embeddings " in head

    def __call__(self, connection: Connection) -> None:
        while request := connection.read_request():
            head, _, body = request.partition(b"\r\n\r\n")
            replayed = Replayed(connection, request)
            is_test = head.startswith(b"POST") and PROMPT.encode() not in body and not self._is_vectors(head)
            if not is_test or head.split(b" ")[1].decode() in self.api.routes:
                self.api(replayed)
                continue
            self.posts.append((head.split(b" ")[1].decode(), json.loads(body)))
            place = len(self.posts) - 1
            reply = self.replies[place] if place < len(self.replies) else self.default
            reply(replayed)
            return


def answer(
    content: str | None = "",
    *,
    finish: str = "stop",
    prompt: int | None = 20,
    completion: int | None = 5,
    **fields: object,
) -> Answer:
    """Return a chat completion; ``fields`` go into its message."""
    message = {"role": "assistant", "content": content, **fields}
    return completions([{"index": 0, "message": message, "finish_reason": finish}], prompt, completion)


def completions(
    choices: Sequence[object], prompt: int | None = 20, completion: int | None = 5, **fields: object
) -> Answer:
    """Return a chat completion with these choices; ``fields`` go beside them."""
    usage = {"prompt_tokens": prompt, "completion_tokens": completion}
    value: dict[str, object] = {
        "id": "c",
        "object": "chat.completion",
        "model": "m",
        "choices": choices,
        "usage": usage,
    }
    return Answer(json.dumps({**value, **fields}).encode())


def stream(*chunks: Mapping[str, object], finish: str = "stop") -> Answer:
    """Return a stream of the deltas of one choice, with its end."""
    events: list[dict[str, object]] = [
        {"model": "m", "choices": [{"index": 0, "delta": delta}]} for delta in chunks
    ]
    events.append({"model": "m", "choices": [{"index": 0, "delta": {}, "finish_reason": finish}]})
    events.append({"model": "m", "choices": [], "usage": {"prompt_tokens": 20, "completion_tokens": 5}})
    body = "".join(f"data: {json.dumps(event)}\n\n" for event in events) + "data: [DONE]\n\n"
    return Answer(body.encode(), content_type="text/event-stream")


def refusal(message: str, status: str = "400 Bad Request", **fields: object) -> Answer:
    """Return an error as OpenAI shapes it."""
    return Answer(json.dumps({"error": {"message": message, **fields}}).encode(), status)


CUT = answer("", finish="length")
"""An answer that used up its tokens."""
LOADING = refusal("Loading model", "503 Service Unavailable")
LIMITED = refusal("Rate limit reached for requests", "429 Too Many Requests")
WRONG_MODEL = refusal("The model `m` does not exist.", "404 Not Found")


def hang(connection: Connection) -> None:
    """Read the request and say nothing."""
    connection.read_request()
    connection.hold()


def limits_for(*replies: Answer | Fault) -> ProbeLimits:
    """Return limits that a loaded machine keeps; short ones where a reply is never to come."""
    return replace(SHORT, ability_seconds=0.3) if hang in replies else SHORT


def call(arguments: object = '{"city": "Paris"}', *, name: str = "get_time") -> dict[str, object]:
    """Return a tool call of a message."""
    return {"id": "call_1", "type": "function", "function": {"name": name, "arguments": arguments}}


def pieces(*parts: tuple[int | None, str, object]) -> Answer:
    """Return a stream of a tool call: index, id and arguments of each piece; the first one has the name."""
    deltas = []
    for place, (index, identity, arguments) in enumerate(parts):
        name = {} if place else {"name": "get_time"}
        piece: dict[str, object] = {"function": {**name, "arguments": arguments}}
        piece |= {} if index is None else {"index": index}
        piece |= {"id": identity} if identity else {}
        deltas.append({"tool_calls": [piece]})
    return stream(*deltas, finish="tool_calls")


def logprobs(values: Sequence[object]) -> Answer:
    """Return an answer whose one token has these alternatives."""
    top = [{"token": str(place), "logprob": value} for place, value in enumerate(values)]
    token = {"token": "hello", "logprob": -0.1, "top_logprobs": top}
    message = {"role": "assistant", "content": "hello"}
    return completions(
        [{"index": 0, "message": message, "logprobs": {"content": [token]}, "finish_reason": "length"}]
    )
