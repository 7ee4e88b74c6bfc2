"""Errors whose status does not tell who is responsible: gateways, login pages, messages of services."""

from __future__ import annotations

import json
from collections.abc import Mapping

from tests.support import certificates
from tests.support.catalogue import KEY, chatting, serve
from tests.support.fake_api import FakeApi
from tests.support.fault_server import Answer, Fault, Tls

_NGINX = {"Server": "nginx/1.25.3"}
_CLOUDFLARE = {"Server": "cloudflare", "CF-RAY": "8c1f0d2b7a3e1f2a-FRA"}
_LITELLM = {"x-litellm-version": "1.80.0"}
_BASIC = {**_NGINX, "WWW-Authenticate": 'Basic realm="Private"'}
_BEHIND = "litellm.{0}: {0}: OpenAIException - {1}. Received Model Group=m"


def _page(status: str, title: str = "", headers: Mapping[str, str] = _NGINX, text: str = "") -> Answer:
    title = title or status
    body = f"<html><head><title>{title}</title></head><body><h1>{status}</h1>{text}<hr></body></html>"
    return Answer(body.encode(), status, "text/html", headers)


def _error(status: str, message: str, headers: Mapping[str, str] | None = None, **fields: object) -> Answer:
    return Answer(
        json.dumps({"error": {"message": message, **fields}}).encode(), status, headers=headers or {}
    )


def _both(cause: str, fault: Fault, label: str = "", **situation: object) -> None:
    """Register an answer to every request, and the same to the chat alone."""
    serve(cause, fault, label=label, **situation)  # type: ignore[arg-type]
    chatting(cause, fault, label=f"{label}{'-' if label else ''}in-chat", **situation)  # type: ignore[arg-type]


def _behind(cause: str, status: str, error: str, message: str, label: str = "", **fields: object) -> None:
    """Register what a gateway passes on from the server behind it, when a chat is asked for."""
    answer = _error(status, _BEHIND.format(error, message), _LITELLM, **fields)
    chatting(cause, answer, label=label, key=KEY)


def register() -> None:
    """Add the cases of this file to the catalogue."""
    _access()
    _model()
    _gateways()
    _request()
    _server()


def _access() -> None:
    _both("basic-auth", _page("401 Authorization Required", headers=_BASIC), key=KEY)
    _both("basic-auth", _page("401 Authorization Required", headers=_BASIC), "no-key")
    _both(
        "basic-auth",
        _page("401 Authorization Required", headers=_BASIC),
        "wrong-password",
        headers={"Authorization": "Basic dXNlcjp3cm9uZy13b3Jk"},
        needs="headers",
    )
    serve(
        "auth",
        FakeApi(key="Bearer right"),
        label="extra-header",
        headers={"Authorization": f"Bearer {KEY}"},
        needs="headers",
    )
    chatting(
        "auth",
        _error("401 Unauthorized", "Incorrect API key provided", code="invalid_api_key"),
        label="extra-header-in-chat",
        headers={"Authorization": f"Bearer {KEY}"},
        needs="headers",
    )
    _both("auth", _error("400 Bad Request", "No connected db.", _LITELLM, code="400"), "litellm", key=KEY)
    _both(
        "auth",
        _error("400 Bad Request", "No connected db.", _LITELLM, type="no_db_connection", code="400"),
        "litellm-code",
        key=KEY,
    )
    certificate = "No required SSL certificate was sent"
    page = _page("400 Bad Request", f"400 {certificate}", text=f"<center>{certificate}</center>")
    trusted = {"SSL_CERT_FILE": str(certificates.CA)}
    _both("tls-client-certificate-required", page, "http")
    serve("tls-client-certificate-required", page, label="nginx", tls=Tls(), environment=trusted)
    login = "https://team.cloudflareaccess.com/cdn-cgi/access/login/gpu01?redirect_url=%2Fv1%2Fmodels"
    _both("login-page", Answer(b"", "302 Found", "text/html", {**_CLOUDFLARE, "Location": login}))
    form = '<form method="post"><input name="p" type="password"></form>'
    _both("login-page", _page("200 OK", "Sign in", text=form), "page")
    _both(
        "login-page",
        _page("200 OK", "gpu01", {"ngrok-error-code": "ERR_NGROK_6024"}, "ERR_NGROK_6024"),
        "ngrok",
    )
    _both("forbidden", _page("403 Forbidden"), "nginx", key=KEY)
    _both("forbidden", _page("403 Forbidden", "Attention Required!", _CLOUDFLARE), "cloudflare", key=KEY)


def _model() -> None:
    chatting(
        "model-forbidden",
        _error("403 Forbidden", "Project `p` does not have access to model `m`", code="model_not_found"),
        key=KEY,
    )
    chatting(
        "model-forbidden",
        _error(
            "401 Unauthorized",
            "key not allowed to access model. This key can only access models=['a', 'b']. Tried to access m",
            _LITELLM,
            type="key_model_access_denied",
            param="model",
            code="401",
        ),
        label="litellm",
        key=KEY,
    )
    chatting(
        "model-other-api",
        _error(
            "404 Not Found",
            "This model is only supported in v1/responses and not in v1/chat/completions.",
            type="invalid_request_error",
            param="model",
        ),
    )
    chatting(
        "model-other-api",
        _error("400 Bad Request", "The model does not support Chat Completions API", type="BadRequestError"),
        label="vllm",
    )
    missing = "The API deployment for this resource does not exist."
    _both("deployment-not-found", _error("404 Not Found", missing, code="DeploymentNotFound"), key=KEY)
    chatting(
        "model-not-found",
        _error("404 Not Found", 'model "x" not found, try pulling it first'),
        label="ollama",
    )
    chatting(
        "max-tokens-too-large",
        _error(
            "400 Bad Request",
            "max_tokens is too large: 32768. This model supports at most 16384 completion tokens.",
            param="max_tokens",
            code="invalid_value",
        ),
    )
    chatting(
        "max-tokens-too-small",
        _error(
            "400 Bad Request",
            "Could not finish the message because max_tokens or model output limit was reached. "
            "Please try again with higher max_tokens.",
            type="invalid_request_error",
            param=None,
            code=None,
        ),
        is_verdict=False,
    )
    chatting("load-failed", _error("500 Internal Server Error", "unable to load model: out of memory"))


def _gateways() -> None:
    _behind(
        "upstream-auth", "401 Unauthorized", "AuthenticationError", "Incorrect API key provided", code="401"
    )
    _behind("upstream-mapping", "404 Not Found", "NotFoundError", "{'detail': 'Not Found'}", code="404")
    _behind("bad-gateway", "500 Internal Server Error", "InternalServerError", "Connection error.", "litellm")
    chatting(
        "upstream-auth",
        _error("401 Unauthorized", "Unauthorized"),
        label="key-accepted",
        api=FakeApi(key=f"Bearer {KEY}"),
        key=KEY,
    )
    chatting(
        "upstream-mapping",
        _error("404 Not Found", "The model does not exist", _LITELLM, code="model_not_found"),
        label="listed",
    )
    chatting(
        "upstream-paused",
        _error(
            "429 Too Many Requests",
            "No deployments available for selected model, Try again in 1 seconds. cooldown_list=['a']",
            {**_LITELLM, "Retry-After": "0"},
        ),
    )
    _both("bad-gateway", _page("502 Bad Gateway"), "nginx")
    _both("bad-gateway", Answer(b"no healthy upstream", "503 Service Unavailable", "text/plain"), "envoy")
    _both("bad-gateway", _page("404 Not Found", "ngrok", {"ngrok-error-code": "ERR_NGROK_3200"}), "ngrok")
    _both(
        "bad-gateway", _page("502 Bad Gateway", "ngrok", {"ngrok-error-code": "ERR_NGROK_8012"}), "ngrok-502"
    )
    for status in (520, 521, 522, 523, 525, 526, 530):
        _both("bad-gateway", _page(f"{status} Origin trouble", "gpu01", _CLOUDFLARE), f"cloudflare-{status}")
    _both("gateway-timeout", _page("524 A timeout occurred", "gpu01", _CLOUDFLARE), "cloudflare")
    _both(
        "gateway-timeout", Answer(b"upstream request timeout", "504 Gateway Timeout", "text/plain"), "envoy"
    )
    _both("gateway-limit", _page("503 Service Temporarily Unavailable"), "nginx")
    _both("maintenance", _page("503 Service Unavailable", "Down for maintenance"))


def _request() -> None:
    _behind(
        "rate-limited", "400 Bad Request", "RateLimitError", "Rate limit reached", "litellm-400", code="429"
    )
    chatting(
        "gateway-timeout", _error("400 Bad Request", "No answer in time", type="timeout_error"), label="type"
    )
    chatting("server-error", _error("400 Bad Request", "boom", type="InternalServerError"), label="type")
    chatting("content-filter", _error("400 Bad Request", "The response was filtered", code="content_filter"))
    chatting(
        "content-filter",
        Answer(
            b'{"code":"DataInspectionFailed","message":"Input may contain inappropriate content."}', "400 Bad"
        ),
        label="dashscope",
    )
    chatting("request-refused", _error("404 Not Found", "No fixture matched", type="invalid_request_error"))
    chatting(
        "request-refused", _error("404 Not Found", "No such thread", code="thread_missing"), label="code"
    )
    chatting("wrong-path", Answer(b'{"detail":"Not Found"}', "404 Not Found"), label="chat-only")


def _server() -> None:
    _both("overloaded", Answer(b'{"detail":"Service overloaded"}', "529 Overloaded"), "529")
    chatting(
        "backend-crashed",
        _error(
            "500 Internal Server Error",
            "EngineCore encountered an issue. See stack trace (above) for the root cause.",
        ),
    )
