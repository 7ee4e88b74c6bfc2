"""Causes met when vectors are asked for: no embeddings there, or an answer that nobody can use."""

from __future__ import annotations

from tui.core.cause import Cause

EMBEDDING_CAUSES: tuple[Cause, ...] = (
    Cause(
        "embeddings-missing",
        "The server answers, but has no embeddings at this address[[ ({path})]].",
        "Check the URL, or start the server with an embedding model (llama.cpp: --embeddings; "
        "vLLM: --runner pooling).",
    ),
    Cause(
        "embeddings-unsupported",
        "The model[[ {model}]] makes no embeddings[[: {server_message}]].",
        "Use an embedding model, or start the server for embeddings (llama.cpp: --embeddings; "
        "vLLM: --runner pooling).",
    ),
    Cause(
        "embeddings-unexpected",
        "Unexpected response: not an OpenAI Embeddings API[[ ({content})]].",
        "Check that the service offers /embeddings and look at its log; this may be another API.",
    ),
    Cause(
        "embedding-too-long",
        "The text[[ ({prompt_tokens} tokens)]] exceeds what the embedding model can take[[: "
        "{limit} tokens]].",
        "Shorten the text, or raise the server's limit (llama.cpp: --ubatch-size; vLLM: --max-model-len).",
    ),
    Cause(
        "vectors-count",
        "The server returned [[{count} for {asked} texts||another number of vectors than of texts]].",
        "Check the server or gateway: it must return one vector for each text of a request.",
    ),
    Cause(
        "vectors-index",
        "It is unknown which vector belongs to which text[[: {reason}]].",
        "Look for an update of the server or gateway: each vector needs an index of its own, from 0.",
    ),
    Cause(
        "vectors-empty",
        "The server returned a vector without numbers[[ (for text {text})]].",
        "Check that the model is an embedding model, and look at the server's log.",
    ),
    Cause(
        "vectors-invalid",
        "The server returned a vector that is not a list of finite numbers[[: {reason}]].",
        "Check the model's files and its number format (dtype), and look at the server's log.",
    ),
    Cause(
        "vectors-size",
        "The vectors of one request differ in size[[: {sizes} numbers]].",
        "Check that the server pools token vectors into one vector per text (llama.cpp: --pooling).",
    ),
    Cause(
        "vectors-zero",
        "The server returned a vector of zeros[[ (for text {text})]]: it cannot be compared with others.",
        "Check the model's files and its pooling, and look at the server's log.",
    ),
)
