"""Vectors and scores of the demo endpoint: texts that share words get similar vectors and high scores."""

from __future__ import annotations

import base64
import hashlib
import math
import re
import struct
from collections.abc import Mapping
from operator import mul

from tui.demo.plan import RequestRefusedError, parse_request
from tui.demo.script import EMBEDDER, MODELS
from tui.demo.tokens import count_tokens

SIZE = 64
"""The dimensions of a vector."""
_MOST_TEXTS = 2_048


def embeddings(body: bytes) -> dict[str, object]:
    """Return the response to an embeddings request.

    Raises:
        RequestRefusedError: the body is invalid, or its model does not create embeddings.
    """
    request = parse_request(body)
    _check_model(str(request.get("model", "")), "Embeddings")
    texts = _texts(request)
    packs = _packs(request)
    tokens = sum(count_tokens(text) for text in texts)
    data = [
        {"object": "embedding", "index": index, "embedding": _packed(vector) if packs else vector}
        for index, vector in enumerate(map(vector_of, texts))
    ]
    usage = {"prompt_tokens": tokens, "total_tokens": tokens}
    return {"object": "list", "model": EMBEDDER, "data": data, "usage": usage}


def scores(body: bytes) -> dict[str, object]:
    """Return the response to a rerank request, best first.

    Raises:
        RequestRefusedError: the body is invalid, or its model is for chats.
    """
    request = parse_request(body)
    _check_model(str(request.get("model", "")), "Rerank")
    query, documents = request.get("query"), request.get("documents")
    if not isinstance(query, str) or not isinstance(documents, list):
        raise _not_rankable()
    texts = [text for text in documents if isinstance(text, str)]
    if not texts or len(texts) != len(documents):
        raise _not_rankable()
    wanted = vector_of(query)
    found = [(sum(map(mul, wanted, vector_of(text))), index, text) for index, text in enumerate(texts)]
    results = [
        {"index": index, "relevance_score": round(score, 6), "document": {"text": text}}
        for score, index, text in sorted(found, reverse=True)
    ]
    tokens = sum(count_tokens(text) + count_tokens(query) for text in texts)
    return {"model": EMBEDDER, "results": results, "usage": {"prompt_tokens": tokens, "total_tokens": tokens}}


def _not_rankable() -> RequestRefusedError:
    message = "`query` must be a text and `documents` a list of texts."
    return RequestRefusedError(422, message, "BadRequestError", "documents")


def vector_of(text: str) -> list[float]:
    """Return a unit vector for a text: the sum of its words' hashes."""
    sums = [0.0] * SIZE
    for word in re.findall(r"\w+", text.lower()) or [text]:
        digest = hashlib.shake_128(word.encode("utf-8", "surrogatepass")).digest(SIZE)
        for place, byte in enumerate(digest):
            sums[place] += byte - 127.5
    norm = math.hypot(*sums)
    return [round(number / norm, 8) for number in sums]


def _check_model(model: str, api: str) -> None:
    if model in MODELS:
        message = f"The model does not support {api} API"
        raise RequestRefusedError(400, message, "BadRequestError", "model")
    if model != EMBEDDER:
        message = f"The model `{model}` does not exist. Valid names: {EMBEDDER}."
        raise RequestRefusedError(404, message, "NotFoundError", "model")


def _texts(request: Mapping[str, object]) -> list[str]:
    given = request.get("input")
    texts = [given] if isinstance(given, str) else given
    if not isinstance(texts, list) or not texts or not all(isinstance(text, str) and text for text in texts):
        raise RequestRefusedError(
            422, "`input` must be a text or a list of texts.", "BadRequestError", "input"
        )
    if len(texts) > _MOST_TEXTS:
        raise RequestRefusedError(
            400, f"`input` has more than {_MOST_TEXTS} texts.", "BadRequestError", "input"
        )
    return texts


def _packs(request: Mapping[str, object]) -> bool:
    encoding = request.get("encoding_format", "float")
    if encoding not in ("float", "base64"):
        message = "`encoding_format` must be float or base64."
        raise RequestRefusedError(400, message, "BadRequestError", "encoding_format")
    return encoding == "base64"


def _packed(vector: list[float]) -> str:
    return base64.b64encode(struct.pack(f"<{len(vector)}f", *vector)).decode("ascii")
