"""Simulated failures that consist of a single reply: a status, a body, sometimes a header."""

from __future__ import annotations

import time

from tui.demo.connection import Connection
from tui.demo.contexts import DEMO_CONTEXT
from tui.demo.fault import CHAT, MODELS, chat_fault, fault, is_chat
from tui.demo.plan import context_too_long, error_body

LOADING_SECONDS = 20.0
"""How long the server of the fault ``loading`` loads its model."""

_GATEWAY_PAGE = (
    "<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>\r\n<center><h1>502 Bad Gateway</h1>"
    "</center>\r\n<hr><center>nginx/1.24.0</center>\r\n</body>\r\n</html>\r\n"
)
_WEB_PAGE = "<!doctype html><html><head><title>Model console</title></head><body>Sign in</body></html>"


def _is_api(connection: Connection) -> bool:
    return connection.route.endswith((CHAT, MODELS))


def _refuse(connection: Connection, status: int, message: str, kind: str, code: str | None = None) -> bool:
    """Answer with an error in the format of the protocol."""
    error = {"message": message, "type": kind, "param": None, "code": code}
    connection.send_json(status, {"error": error})
    return True


@fault("auth")
def _auth(connection: Connection) -> bool:
    if not _is_api(connection):
        return False
    return _refuse(connection, 401, "Incorrect API key provided.", "invalid_request_error", "invalid_api_key")


@fault("auth-scheme")
def _auth_scheme(connection: Connection) -> bool:
    if not _is_api(connection) or "Authorization" not in connection.headers:
        return False
    headers = {"WWW-Authenticate": 'X-Key realm="models"'}
    connection.send_json(401, {"error": {"message": "Unsupported authorization scheme."}}, headers)
    return True


@chat_fault("forbidden")
def _forbidden(connection: Connection) -> None:
    _refuse(
        connection, 403, "Your key is not allowed to use this model.", "permission_error", "model_forbidden"
    )


@fault("model-not-found")
def _model_not_found(connection: Connection) -> bool:
    if connection.route.endswith(MODELS):
        connection.send_json(200, {"object": "list", "data": [{"id": "another-model", "object": "model"}]})
        return True
    if not is_chat(connection):
        return False
    model = connection.record.json.get("model")
    connection.send_json(
        404, error_body(404, f"The model `{model}` does not exist.", "NotFoundError", "model")
    )
    return True


@fault("wrong-path")
def _wrong_path(connection: Connection) -> bool:
    connection.send_json(404, {"detail": "Not Found"})
    return True


@fault("method-not-allowed")
def _method_not_allowed(connection: Connection) -> bool:
    if connection.command != "POST":
        return False
    connection.send_json(405, {"detail": "Method Not Allowed"}, {"Allow": "GET"})
    return True


@fault("unexpected-response")
def _unexpected_response(connection: Connection) -> bool:
    connection.send_whole(200, "text/html; charset=utf-8", _WEB_PAGE.encode())
    return True


@fault("redirect")
def _redirect(connection: Connection) -> bool:
    if connection.route.startswith("/moved/"):
        connection.demo.answer_properly(connection, prefix="/moved")
    else:
        target = f"{connection.demo.root_url}/moved{connection.path}"
        connection.send_whole(308, "text/plain", b"Moved.\n", {"Location": target})
    return True


@chat_fault("context-too-long")
def _context_too_long(_: Connection) -> None:
    raise context_too_long(DEMO_CONTEXT + 1, DEMO_CONTEXT)


@fault("unsupported-param")
def _unsupported_param(connection: Connection) -> bool:
    if not is_chat(connection) or "stream_options" not in connection.record.json:
        return False
    return _refuse(
        connection, 400, "Unrecognized request argument supplied: stream_options", "invalid_request_error"
    )


@chat_fault("no-chat-template")
def _no_chat_template(connection: Connection) -> None:
    _refuse(
        connection,
        400,
        "As of transformers v4.44, default chat template is no longer allowed, so you must provide a chat "
        "template if the tokenizer does not define one.",
        "BadRequestError",
    )


@fault("thinking-unsupported")
def _thinking_unsupported(connection: Connection) -> bool:
    body = connection.record.json
    asks = body.get("think") or body.get("reasoning_effort") not in (None, "none") or body.get("reasoning")
    if not is_chat(connection) or not asks:
        return False
    return _refuse(connection, 400, f'"{body.get("model")}" does not support thinking', "api_error")


@chat_fault("invalid-request")
def _invalid_request(connection: Connection) -> None:
    problem = {"type": "list_type", "loc": ["body", "messages"], "msg": "Input should be a valid list"}
    connection.send_json(422, {"detail": [problem]})


@chat_fault("body-too-large")
def _body_too_large(connection: Connection) -> None:
    page = b"<html><head><title>413 Request Entity Too Large</title></head></html>"
    connection.send_whole(413, "text/html", page)


@chat_fault("gateway-timeout")
def _gateway_timeout(connection: Connection) -> None:
    page = b"<html><head><title>504 Gateway Time-out</title></head></html>"
    connection.send_whole(504, "text/html", page)


@chat_fault("rate-limited")
def _rate_limited(connection: Connection) -> None:
    error = {"message": "Rate limit reached for requests.", "type": "requests", "code": "rate_limit_exceeded"}
    connection.send_json(429, {"error": error}, {"Retry-After": "30"})


@chat_fault("quota")
def _quota(connection: Connection) -> None:
    _refuse(
        connection,
        429,
        "You exceeded your current quota, please check your plan and billing details.",
        "insufficient_quota",
        "insufficient_quota",
    )


@chat_fault("overloaded")
def _overloaded(connection: Connection) -> None:
    _refuse(
        connection,
        429,
        "The engine is currently overloaded, please try again later",
        "engine_overloaded_error",
    )


@chat_fault("server-error")
def _server_error(connection: Connection) -> None:
    message = "CUDA out of memory. Tried to allocate 2.00 GiB."
    _refuse(connection, 500, message, "InternalServerError")


@fault("bad-gateway")
def _bad_gateway(connection: Connection) -> bool:
    connection.send_whole(502, "text/html", _GATEWAY_PAGE.encode())
    return True


@fault("loading")
def _loading(connection: Connection) -> bool:
    if time.monotonic() - connection.demo.started_at >= LOADING_SECONDS:
        return False
    error = {"message": "Loading model", "type": "unavailable_error", "code": 503}
    connection.send_json(503, {"error": error})
    return True


@fault("no-model-loaded")
def _no_model_loaded(connection: Connection) -> bool:
    if connection.route.endswith(MODELS):
        connection.send_json(200, {"object": "list", "data": []})
        return True
    message = "No models loaded. Please load a model first."
    return is_chat(connection) and _refuse(connection, 400, message, "invalid_request_error")


@fault("no-model-list")
def _no_model_list(connection: Connection) -> bool:
    if not connection.route.endswith(MODELS):
        return False
    connection.send_json(404, {"detail": "Not Found"})
    return True
