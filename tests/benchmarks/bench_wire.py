"""Microseconds per chunk of decoder and reply reader, beside what others do with the same bytes.

Every reader gets the same stream in the same pieces and must come to the same text. Run it with
an interpreter that has the peers (``httpx``, ``httpx-sse``, ``openai``) to compare; a peer that is
not installed is left out and named. Prints one line a reader, or JSON with ``--json``.
"""

from __future__ import annotations

import argparse
import gc
import json
import platform
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tui.core.events import AnswerDelta, ReasoningDelta
from tui.wire.reply import ReplyReader

Reader = Callable[[list[bytes]], str]
READ_SIZE = 4096
"""Bytes a read of the socket brings, where the server is faster than the client."""


def make_stream(chunks: int) -> bytes:
    """Return a stream as vLLM sends it: a quarter of it reasoning, a usage chunk, the end mark."""
    head = (
        '"id":"chatcmpl-9f3a1c2b4d5e6f","object":"chat.completion.chunk","created":1787000000,"model":"Qwen"'
    )
    words = ["the ", "model ", "says ", "that 3 < 4, ", "so:\n\n", "`x = 1` ", "— ", "好"]
    lines = []
    for number in range(chunks):
        name = "reasoning" if number < chunks // 4 else "content"
        delta = json.dumps({name: words[number % len(words)]}, ensure_ascii=False)
        lines.append(
            f'data: {{{head},"choices":[{{"index":0,"delta":{delta},"logprobs":null,"finish_reason":null,'
            f'"token_ids":null}}]}}\n\n'
        )
    lines.append(
        f'data: {{{head},"choices":[{{"index":0,"delta":{{}},"finish_reason":"stop"}}]}}\n\n'
        f'data: {{{head},"choices":[],"usage":{{"prompt_tokens":9,"completion_tokens":{chunks}}}}}\n\n'
        "data: [DONE]\n\n"
    )
    return "".join(lines).encode()


def read_with_lmdeck(pieces: list[bytes]) -> str:
    """Everything that the program does with the bytes until they are events."""
    reader = ReplyReader(status=200, headers={"content-type": "text/event-stream"}, streamed=True)
    texts: list[str] = []
    for piece in pieces:
        for event in reader.feed(piece):
            if isinstance(event, AnswerDelta | ReasoningDelta):
                texts.append(event.text)
    reader.finish()
    return "".join(texts)


def _response(pieces: list[bytes]) -> Any:
    import httpx

    class Stream(httpx.SyncByteStream):
        def __iter__(self) -> Iterator[bytes]:
            return iter(pieces)

    return httpx.Response(200, headers={"content-type": "text/event-stream"}, stream=Stream())


def read_with_httpx_sse(pieces: list[bytes]) -> str:
    """``httpx_sse.EventSource`` and ``json.loads``: no tags, no errors, no usage."""
    from httpx_sse import EventSource

    texts: list[str] = []
    for event in EventSource(_response(pieces)).iter_sse():
        if event.data == "[DONE]":
            break
        for choice in json.loads(event.data)["choices"]:
            delta = choice["delta"]
            text = delta.get("content") or delta.get("reasoning")
            if text:
                texts.append(text)
    return "".join(texts)


def read_with_openai(pieces: list[bytes]) -> str:
    """The SDK's ``Stream`` with its typed chunks."""
    import openai
    from openai import Stream
    from openai.types.chat import ChatCompletionChunk

    client = openai.OpenAI(api_key="none", base_url="http://127.0.0.1:9/v1")
    response = _response(pieces)
    response.request = client._client.build_request("POST", "http://127.0.0.1:9/v1/chat/completions")
    texts: list[str] = []
    for chunk in Stream(cast_to=ChatCompletionChunk, response=response, client=client):
        for choice in chunk.choices:
            text = choice.delta.content or getattr(choice.delta, "reasoning", None)
            if text:
                texts.append(text)
    return "".join(texts)


READERS: dict[str, Reader] = {
    "lmdeck": read_with_lmdeck,
    "httpx-sse + json": read_with_httpx_sse,
    "openai SDK": read_with_openai,
}


def measure(reader: Reader, pieces: list[bytes], chunks: int) -> float:
    """Return microseconds of processor time per chunk of one pass: other programs do not count."""
    gc.collect()
    started = time.process_time()
    reader(pieces)
    return (time.process_time() - started) * 1e6 / chunks


def compare(chunks: int, rounds: int) -> dict[str, dict[str, float] | str]:
    """Measure every reader in turns, so that a busy moment of the machine meets all of them."""
    body = make_stream(chunks)
    shapes = {
        "one chunk a read": body.removesuffix(b"\n\n").replace(b"\n\n", b"\n\n\0").split(b"\0"),
        f"{READ_SIZE} bytes a read": [body[at : at + READ_SIZE] for at in range(0, len(body), READ_SIZE)],
    }
    shapes["one chunk a read"][-1] += b"\n\n"
    results: dict[str, dict[str, float] | str] = {}
    readers = dict(READERS)
    expected = read_with_lmdeck([body])
    for name, reader in READERS.items():
        try:
            same = all(reader(pieces) == expected for pieces in shapes.values())
        except ImportError as error:
            results[name] = f"left out: {error.name} is not installed here"
            del readers[name]
            continue
        if not same:
            raise SystemExit(f"{name} reads another text out of the stream: the comparison is void.")
    samples: dict[tuple[str, str], list[float]] = {}
    for _ in range(rounds):
        for name, reader in readers.items():
            for shape, pieces in shapes.items():
                samples.setdefault((name, shape), []).append(measure(reader, pieces, chunks))
    for name in readers:
        results[name] = {shape: round(statistics.median(samples[name, shape]), 2) for shape in shapes}
    return results


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--chunks", type=int, default=4000)
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    results = compare(arguments.chunks, arguments.rounds)
    if arguments.json:
        print(json.dumps({"schema_version": 1, "unit": "microseconds per chunk (median)",
                          "python": platform.python_version(), "chunks": arguments.chunks,
                          "rounds": arguments.rounds, "results": results}))  # fmt: skip
        return
    print(f"Microseconds per chunk, median of {arguments.rounds} rounds of {arguments.chunks} chunks:")
    for name, result in results.items():
        if isinstance(result, str):
            print(f"  {name:18} {result}")
        else:
            print(f"  {name:18} " + "   ".join(f"{value:7.2f} ({shape})" for shape, value in result.items()))


if __name__ == "__main__":
    main()
