"""Embeddings requests, and their responses: each becomes vectors or a failure.

Source: OpenAI's API reference (``POST /embeddings``), the servers of vLLM, llama.cpp, TEI, Ollama.
"""

from __future__ import annotations

import base64
import binascii
import math
import re
import struct
from collections.abc import Collection, Mapping

from tui.core.causes import explain, explain_again
from tui.core.counted import Counted
from tui.core.embedding import EmbeddingRequest, Vectors, vectors_text
from tui.core.failure import Failure
from tui.core.secret import Redactor
from tui.core.sent_body import sent_body
from tui.texts import bodies
from tui.wire.error_body import is_error_object, read_error_body
from tui.wire.error_facts import find_facts
from tui.wire.errors import classify_error, clean_message
from tui.wire.evidence import Proof
from tui.wire.limits import DEFAULT_LIMITS
from tui.wire.numbers import read_count
from tui.wire.strict_json import StrictJsonError, parse_json
from tui.wire.surrogates import mend
from tui.wire.usage_fields import read_charge

_UNSUPPORTED = (
    r"(?:not|n't) support (?:the )?(?:creating |generating )?embedding"
    r"|embeddings? (?:api )?(?:is |are )?(?:not|n't)"
    r"|not (?:an )?embedding|start it with .{0,3}--embedding|pooling type|embeddings? from this model"
    r"|no embedding model"
)
"""Messages of llama.cpp, vLLM, Ollama, LM Studio and OpenAI."""
_NAMED_MODEL = r"model [`'\"]?[\w./:]*[-/:\d][\w./:-]*[`'\"]?"
"""A model name may resemble an error message: it contains a hyphen, a digit or similar."""
_TOO_LONG = (
    r"too large to process|physical batch size|must have less than \d|input (?:is )?too long"
    r"|exceeds? .{0,40}(?:context|maximum|max |tokens)|maximum (?:input|context|sequence)"
)
_LIMIT = r"(?:less than|batch size:?|maximum .{0,40}?(?:is|of|:)) ?(\d{1,9})"
_TOKENS = r"(?:given:?|input \(|has|contains|requested) ?(\d{1,9})"
_NO_ROUTE = ("wrong-path", "method-not-allowed")
_NOT_FINITE = ("NaN", "Infinity", "-Infinity")


def build_embeddings_body(request: EmbeddingRequest) -> dict[str, object]:
    """Return the request body: model and texts, and the provider's ``extra_body``."""
    extra = {name: value for name, value in sent_body(request.extra_body).items() if name != "input"}
    return {"model": request.model, "input": list(request.texts), **extra}


def read_embeddings(
    status: int,
    headers: Mapping[str, str],
    body: bytes,
    asked: int,
    redactor: Redactor | None = None,
    proved: Collection[Proof] = (),
) -> Vectors | Failure:
    """Return the vectors of a response, or the failure. Never raises.

    Vectors are sorted by their ``index``; numbers may be a list or Base64 of little-endian 32-bit floats.
    Header names in any case.

    Args:
        asked: the number of texts in the request.
        proved: what other requests to the endpoint have shown.
    """
    if not 200 <= status < 300:
        return refused_embeddings(status, headers, body, redactor, proved)
    try:
        value = parse_json(body.decode("utf-8", "replace").lstrip("\ufeff"))
    except StrictJsonError as error:
        constant = str(error).partition(" ")[0]
        if constant in _NOT_FINITE:
            return explain("vectors-invalid", status=status, reason=bodies.CONTAINS.format(kind=constant))
        return refused_embeddings(status, headers, body, redactor, proved)
    if not isinstance(value, dict):
        return _unexpected(status, bodies.OTHER_JSON)
    entries = value.get("data")
    if not isinstance(entries, list) or value.get("error"):
        if is_error_object(value):
            return refused_embeddings(status, headers, body, redactor, proved)
        return _unexpected(status, bodies.CHAT_ANSWER if "choices" in value else bodies.OTHER_JSON)
    return _Answer(status, headers, asked).read(value, entries)


class _Answer:
    """Parses one response with the right outer structure."""

    def __init__(self, status: int, headers: Mapping[str, str], asked: int) -> None:
        self._status = status
        self._headers = headers
        self._asked = asked

    def read(self, value: Mapping[str, object], entries: list[object]) -> Vectors | Failure:
        if len(entries) != self._asked:
            count = vectors_text(len(entries)) if entries else bodies.NO_VECTORS
            return self._fail("vectors-count", count=count, asked=str(self._asked))
        objects = [entry for entry in entries if isinstance(entry, dict) and "embedding" in entry]
        if len(objects) != len(entries):
            return _unexpected(self._status, bodies.OTHER_LIST)
        reason = _index_problem([entry.get("index") for entry in objects])
        if reason:
            return self._fail("vectors-index", reason=reason)
        ordered = sorted(objects, key=lambda entry: read_count(entry.get("index")) or 0)
        packed = [entry["embedding"] for entry in ordered]
        numbers: list[tuple[float, ...]] = []
        for position, vector in enumerate(packed, 1):
            read = _numbers(vector)
            if isinstance(read, str):
                return self._fail("vectors-invalid", reason=read)
            if not read:
                return self._fail("vectors-empty", text=str(position))
            numbers.append(read)
        return self._judge(value, numbers, any(isinstance(vector, str) for vector in packed))

    def _judge(
        self, value: Mapping[str, object], numbers: list[tuple[float, ...]], is_base64: bool
    ) -> Vectors | Failure:
        sizes = dict.fromkeys(len(vector) for vector in numbers)
        if len(sizes) > 1:
            return self._fail("vectors-size", sizes=" and ".join(f"{size:,}" for size in list(sizes)[:4]))
        for position, vector in enumerate(numbers, 1):
            if not any(vector):
                return self._fail("vectors-zero", text=str(position))
        model = value.get("model")
        served = mend(model)[:500] if isinstance(model, str) and model else None
        told = read_charge(value, self._headers, has_output=False)
        return Vectors(tuple(numbers), told.usage, served, is_base64, told.cost)

    def _fail(self, cause: str, **facts: str) -> Failure:
        return explain(cause, status=self._status, server_message=None, chain=(), **facts)


def _index_problem(given: list[object]) -> str:
    """Return the problem with the indexes, if any: they must be 0, 1, … without duplicates."""
    indexes = [None if isinstance(index, str) else read_count(index) for index in given]
    if None in indexes:
        return bodies.INDEX_MISSING if None in given else bodies.INDEX_NO_NUMBER
    doubled = next((index for place, index in enumerate(indexes) if index in indexes[:place]), None)
    if doubled is not None:
        return bodies.INDEX_TWICE.format(index=doubled)
    outside = next((index for index in indexes if index is not None and index >= len(indexes)), None)
    return "" if outside is None else bodies.INDEX_OUTSIDE.format(index=outside, count=Counted(len(indexes)))


def _numbers(vector: object) -> tuple[float, ...] | str:
    """Return the numbers of a vector, or a description of what it is instead."""
    if isinstance(vector, str):
        return _unpacked(vector)
    if not isinstance(vector, list):
        return bodies.IS.format(kind=_kind(vector))
    for number in vector:
        if isinstance(number, bool) or not isinstance(number, int | float):
            return bodies.CONTAINS.format(kind=_kind(number))
    try:
        numbers = tuple(float(number) for number in vector)
    except OverflowError:
        return bodies.TOO_LARGE
    return numbers if all(map(math.isfinite, numbers)) else bodies.TOO_LARGE


def _unpacked(text: str) -> tuple[float, ...] | str:
    try:
        packed = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return bodies.NOT_BASE64
    if len(packed) % 4:
        return bodies.ODD_BASE64.format(size=Counted(len(packed)))
    numbers = struct.unpack(f"<{len(packed) // 4}f", packed)
    if any(map(math.isnan, numbers)):
        return bodies.CONTAINS.format(kind="NaN")
    return numbers if all(map(math.isfinite, numbers)) else bodies.CONTAINS.format(kind="Infinity")


def _kind(value: object) -> str:
    names = {
        type(None): "null",
        bool: bodies.BOOLEAN,
        str: bodies.TEXT,
        list: bodies.LIST,
        dict: bodies.OBJECT,
    }
    return names.get(type(value), bodies.NUMBER)


def _unexpected(status: int, content: str) -> Failure:
    return explain("embeddings-unexpected", status=status, content=content)


def refused_embeddings(
    status: int,
    headers: Mapping[str, str],
    body: bytes,
    redactor: Redactor | None = None,
    proved: Collection[Proof] = (),
) -> Failure:
    """Return the failure of a response without vectors, in words about embeddings."""
    failure = classify_error(status, headers, body, redactor, proved)
    said = read_error_body(body[: DEFAULT_LIMITS.error_body].decode("utf-8", "replace"))
    wording = said.message.lower()
    nameless = re.sub(_NAMED_MODEL, "model", wording)
    if status == 501 or (re.search(_UNSUPPORTED, nameless) and status not in (401, 429)):
        return explain_again(failure, "embeddings-unsupported")
    if failure.cause == "context-too-long" or (re.search(_TOO_LONG, wording) and not said.is_html):
        facts = find_facts("context-too-long", said, headers)
        limit, tokens = re.search(_LIMIT, wording), re.search(_TOKENS, wording)
        found = {"limit": limit and limit[1], "prompt_tokens": tokens and tokens[1]}
        clean = {name: clean_message(fact, redactor) for name, fact in facts.items()}
        return explain_again(failure, "embedding-too-long", **{**found, **clean})
    if failure.cause in _NO_ROUTE:
        return explain_again(failure, "embeddings-missing")
    if failure.cause == "unexpected-response":
        return explain_again(failure, "embeddings-unexpected", content=failure.facts.get("content"))
    return failure
