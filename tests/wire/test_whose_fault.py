"""Who is responsible for an error: code, message, gateway marks, proofs, and finally the status."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import NamedTuple

import pytest

from tui.core.causes import CATALOGUE
from tui.core.failure import Failure
from tui.wire.error_rules import RULES
from tui.wire.errors import classify_error
from tui.wire.evidence import Proof

LITELLM = {"x-litellm-version": "1.105.7"}
NGINX_503 = (
    "<html>\r\n<head><title>503 Service Temporarily Unavailable</title></head>\r\n<body>\r\n<center>"
    "<h1>503 Service Temporarily Unavailable</h1></center>\r\n<hr><center>nginx/1.22.1</center>\r\n</body></html>"  # noqa: E501
)
NO_CERTIFICATE = (
    "<html><head><title>400 No required SSL certificate was sent</title></head><body><center>"
    "<h1>400 Bad Request</h1></center><center>No required SSL certificate was sent</center></body></html>"
)


def error(message: str, **fields: object) -> dict[str, object]:
    return {"error": {"message": message, **fields}}


class Case(NamedTuple):
    """An error reply as sent by a server."""

    cause: str
    status: int
    body: object
    headers: Mapping[str, str] = {}
    proved: tuple[Proof, ...] = ()

    def failure(self) -> Failure:
        data = self.body.encode() if isinstance(self.body, str) else json.dumps(self.body).encode()
        return classify_error(self.status, self.headers, data, proved=self.proved)


UPSTREAM = (
    "litellm.{0}: {0}: OpenAIException - {1}. Received Model Group=m\nAvailable Model Group Fallbacks=None"
)

LITELLM_OLLAMA = 'litellm.APIConnectionError: OllamaException - {{"error":"{0}"}}. Received Model Group=m'

CASES = (
    # What a server says of a picture that its model cannot see: not out of memory, not a wrong parameter
    Case("images-refused", 400, error("m is not a multimodal model", type="BadRequestError", code=400)),
    Case(
        "images-refused",
        500,
        error(
            "image input is not supported - hint: if this is unexpected, you may need to provide the mmproj",
            type="server_error",
            code=500,
        ),
    ),
    Case("images-refused", 400, error("Model only supports text input; got image_url", code=400)),
    Case(
        "images-refused",
        400,
        error(
            "Failed to deserialize the JSON body into the target type: messages[0]: unknown variant "
            "`image_url`, expected `text` at line 1 column 59",
            type="invalid_request_error",
            code="invalid_request_error",
        ),
    ),
    Case("images-refused", 404, error("No endpoints found that support image input", code=404)),
    Case("images-refused", 400, error("'messages.0.content' must be a string", type="invalid_request_error")),
    Case("images-refused", 500, error("this model is missing data required for image input")),
    Case("invalid-request", 400, error("invalid image input", type="invalid_request_error")),
    # LiteLLM has one name for whatever Ollama says: the sentence behind it decides
    *(
        Case(cause, 500, error(LITELLM_OLLAMA.format(said), type=None, param=None, code="500"))
        for cause, said in (
            ("upstream-mapping", "model 'qwen' not found"),
            ("load-failed", "model requires more system memory (5.6 GiB) than is available (3.1 GiB)"),
            ("load-failed", "llama runner process has terminated: exit status 2"),
            ("context-too-long", "the prompt exceeds the available context size"),
            ("bad-gateway", "something else"),
        )
    ),
    Case("bad-gateway", 500, error(LITELLM_OLLAMA.format("Cannot connect to host ollama:11434"))),
    Case(
        "overloaded",
        503,
        error("litellm.ServiceUnavailableError: VertexAIException - The model is overloaded"),
    ),
    # Of an account and of a moment
    Case(
        "rate-limited",
        429,
        [
            error(
                "You exceeded your current quota, please check your plan and billing details. Please "
                "retry in 34.07s.",
                code=429,
                status="RESOURCE_EXHAUSTED",
                details=[{"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": "34s"}],
            )
        ],
    ),
    Case("quota", 429, error("You exceeded your current quota, please check your plan and billing details.")),
    Case(
        "quota", 403, {"code": 30001, "message": "Sorry, your account balance is insufficient", "data": None}
    ),
    Case("quota", 403, error("user quota is not enough", code="insufficient_user_quota")),
    Case("forbidden", 403, error("This API method requires billing to be enabled.")),
    Case(
        "body-too-large",
        413,
        error(
            "Request too large for model `x` in organization `o` on tokens per minute (TPM): Limit 6000, "
            "Requested 9000, please reduce your message size and try again.",
            type="tokens",
            code="rate_limit_exceeded",
        ),
    ),
    Case(
        "body-too-large",
        429,
        error(
            "Request too large for gpt-4o in organization o on tokens per min (TPM): Limit 10000, Requested "
            "12000. The input or output tokens must be reduced in order to run successfully.",
            type="tokens",
            code="rate_limit_exceeded",
        ),
    ),
    Case(
        "rate-limited",
        429,
        error(
            "Rate limit reached on tokens per min (TPM): Limit 6000, Used 5000, Requested 2000", type="tokens"
        ),
    ),
    # MiniMax: an error under 200, its code a number
    *(
        Case(cause, 200, {"choices": None, "base_resp": {"status_code": code, "status_msg": "words"}})
        for code, cause in (
            (1002, "rate-limited"),
            (1004, "auth"),
            (1008, "quota"),
            (1026, "content-filter"),
            (1039, "context-too-long"),
            (2013, "invalid-request"),
            (2049, "auth"),
            (1000, "server-error"),
        )
    ),
    # An envelope that says that all went well holds no error
    *(
        Case("unexpected-response", 200, {"code": code, "message": "success", "data": {"x": 1}})
        for code in (0, 200, "200", "OK", "Success")
    ),
    Case("server-error", 200, {"code": 7, "message": "it went wrong", "data": None}),
    # What a service says of a model or a person, whatever its status
    Case(
        "model-not-found",
        400,
        error(
            "The model `m` has been decommissioned and is no longer supported.",
            type="invalid_request_error",
            code="model_decommissioned",
        ),
    ),
    Case("model-not-found", 404, error("The model m has been retired.")),
    Case("model-not-found", 400, error("Model m is no longer available, see the list", type="x")),
    Case("model-forbidden", 404, error("Your account has not activated the model m.", code="ModelNotOpen")),
    Case(
        "forbidden",
        400,
        [error("User location is not supported for the API use.", status="FAILED_PRECONDITION", code=400)],
    ),
    Case("forbidden", 403, error("This service isn't available in your region")),
    Case(
        "model-other-api",
        501,
        error(
            "This server does not support completions. Start it without `--embeddings`",
            type="not_supported_error",
            code=501,
        ),
    ),
    Case(
        "body-too-large",
        400,
        "<html><head><title>400 Request Header Or Cookie Too Large</title></head></html>",
        {"server": "nginx"},
    ),
    Case("body-too-large", 431, ""),
    # What a gateway quotes from behind it
    Case(
        "upstream-auth",
        401,
        error(UPSTREAM.format("AuthenticationError", "Incorrect API key provided: sk-proj-****"), code="401"),
        LITELLM,
    ),
    Case("upstream-auth", 401, error("litellm.AuthenticationError: AnthropicException - invalid x-api-key")),
    Case(
        "upstream-auth",
        401,
        error(UPSTREAM.format("AuthenticationError", json.dumps(error("no", code="invalid_api_key")))),
    ),
    Case(
        "upstream-auth",
        401,
        error(
            "Provider returned error",
            code=401,
            metadata={"raw": json.dumps(error("x", code="invalid_api_key")), "provider_name": "P"},
        ),
    ),
    Case(
        "upstream-mapping",
        404,
        error(UPSTREAM.format("NotFoundError", "{'detail': 'Not Found'}"), code="404"),
    ),
    Case(
        "upstream-mapping",
        404,
        error(
            UPSTREAM.format("NotFoundError", "The model `x` does not exist. Valid aliases: smollm2"),
            code="404",
        ),
    ),
    Case("bad-gateway", 500, error(UPSTREAM.format("InternalServerError", "Connection error."), code="500")),
    Case("bad-gateway", 500, error("Cannot connect to host 10.0.0.1:8000"), LITELLM),
    Case("bad-gateway", 503, error(UPSTREAM.format("ServiceUnavailableError", "x")), LITELLM),
    Case("gateway-timeout", 408, error("litellm.Timeout: APITimeoutError - Request timed out."), LITELLM),
    Case(
        "upstream-paused",
        429,
        error("No deployments available for selected model, Try again in 5 seconds. cooldown_list=['a']"),
        {**LITELLM, "retry-after": "5"},
    ),
    Case(
        "context-too-long",
        400,
        error(UPSTREAM.format("BadRequestError", json.dumps(error("x", code="context_length_exceeded")))),
    ),
    # The explicit code first, whatever status and sentence say
    Case("quota", 401, error("Unauthorized", code="insufficient_quota")),
    Case("rate-limited", 403, error("Forbidden", code="rate_limit_exceeded")),
    Case("auth", 404, error("Model not found", code="invalid_api_key")),
    Case("model-not-found", 500, error("oops", code="model_not_found")),
    Case(
        "model-forbidden", 403, error("Project `p` does not have access to model `m`", code="model_not_found")
    ),
    Case(
        "model-forbidden",
        401,
        error(
            "key not allowed to access model. This key can only access models=['a', 'b']",
            type="key_model_access_denied",
        ),
    ),
    Case("content-filter", 400, error("x", code="content_filter")),
    Case("content-filter", 400, error("x", code="data_inspection_failed", type="data_inspection_failed")),
    Case("content-filter", 400, {"code": "DataInspectionFailed", "message": "x"}),
    Case(
        "content-filter",
        400,
        error("x", code="invalid_prompt", innererror={"code": "ResponsibleAIPolicyViolation"})
        | {"code": "content_policy_violation"},
    ),
    Case(
        "deployment-not-found",
        404,
        error("The API deployment for this resource does not exist.", code="DeploymentNotFound"),
    ),
    Case(
        "model-other-api",
        400,
        error(
            "The chatCompletion operation does not work with the specified model",
            code="OperationNotSupported",
        ),
    ),
    Case("auth", 400, error("No connected db.", type="no_db_connection", code="400"), LITELLM),
    # The sentence
    Case(
        "model-other-api",
        404,
        error(
            "This model is only supported in v1/responses and not in v1/chat/completions.",
            type="invalid_request_error",
            param="model",
            code=None,
        ),
    ),
    Case(
        "model-other-api",
        404,
        error(
            "This is not a chat model and thus not supported in the v1/chat/completions endpoint. Did you mean to use v1/completions?",  # noqa: E501
            param="model",
        ),
    ),
    Case("model-other-api", 400, {"error": '"nomic-embed-text" does not support chat'}),
    Case(
        "model-other-api",
        400,
        error("The model does not support Chat Completions API", type="BadRequestError", code=400),
    ),
    Case("auth", 400, error("No connected db.")),
    Case(
        "content-filter",
        400,
        error(
            "The response was filtered due to the prompt triggering Azure OpenAI's content management policy."
        ),
    ),
    Case("model-forbidden", 403, error("You are not allowed to use this model")),
    Case("model-forbidden", 403, error("no access to this model")),
    Case(
        "forbidden",
        401,
        error("You have insufficient permissions for this operation. Missing scopes: model.request"),
    ),
    Case("model-not-found", 400, error("Server is pinned to '/m/smollm2'; requested 'nope'.")),
    Case("model-not-found", 400, error("nope is not a valid model ID", code=400)),
    Case("tls-client-certificate-required", 400, NO_CERTIFICATE, {"server": "nginx"}),
    Case(
        "tls-client-certificate-required",
        400,
        NO_CERTIFICATE.replace("No required SSL certificate was sent", "The SSL certificate error"),
    ),
    Case("bad-gateway", 503, "no healthy upstream", {"server": "envoy"}),
    Case(
        "bad-gateway",
        503,
        "upstream connect error or disconnect/reset before headers. reset reason: connection failure",
    ),
    Case(
        "bad-gateway",
        503,
        {"message": "failure to get a peer from the ring-balancer"},
        {"server": "kong/3.4"},
    ),
    Case("bad-gateway", 503, "no available server"),
    Case(
        "bad-gateway",
        503,
        "<html><body><h1>503 Service Unavailable</h1>\nNo server is available to handle this request.\n</body></html>",  # noqa: E501
    ),
    Case("gateway-timeout", 504, "upstream request timeout", {"server": "envoy"}),
    Case("maintenance", 503, "<html><title>Down for maintenance</title></html>", {"server": "nginx"}),
    Case("maintenance", 503, "<html><title>Back soon</title><p>Scheduled maintenance until 6 pm</p></html>"),
    Case("maintenance", 503, {"message": "The service is under maintenance"}),
    Case("wrong-path", 404, {"message": "no Route matched with those values"}, {"server": "kong/3.4"}),
    Case("wrong-path", 404, {"error_msg": "404 Route Not Found"}, {"server": "APISIX/3.9"}),
    Case("auth", 401, {"message": "Missing API key in request"}, {"server": "APISIX/3.9"}),
    # The marks
    Case("gateway-limit", 503, NGINX_503, {"server": "nginx/1.22.1"}),
    Case("gateway-limit", 503, NGINX_503),
    Case("bad-gateway", 502, NGINX_503.replace("503 Service Temporarily Unavailable", "502 Bad Gateway")),
    Case("bad-gateway", 503, "<html><title>503</title></html>"),
    Case(
        "basic-auth",
        401,
        "<html><title>401 Authorization Required</title></html>",
        {"www-authenticate": 'Basic realm="Private"'},
    ),
    Case("auth", 401, "", {"www-authenticate": 'Bearer realm="x"'}),
    Case("auth", 401, "", {"www-authenticate": 'Basic realm="x", Bearer realm="y"'}),
    Case(
        "bad-gateway",
        404,
        "<html>The endpoint x.ngrok-free.app is offline. ERR_NGROK_3200</html>",
        {"ngrok-error-code": "ERR_NGROK_3200"},
    ),
    Case("bad-gateway", 521, "<html><title>Web server is down</title></html>", {"server": "cloudflare"}),
    Case("gateway-timeout", 524, "<html></html>", {"server": "cloudflare"}),
    Case(
        "login-page",
        302,
        "",
        {"location": "https://team.cloudflareaccess.com/cdn-cgi/access/login/gpu01?redirect_url=%2Fv1"},
    ),
    Case("login-page", 302, "", {"location": "/login"}),
    Case("login-page", 302, "", {"location": "https://auth.example.com/?rd=https://gpu01/v1/models"}),
    Case(
        "login-page",
        307,
        "",
        {"location": "https://id.example.com/realms/x/protocol/openid-connect/auth?client_id=y"},
    ),
    Case("login-page", 200, "<html><title>Sign in to gpu01</title><form></form></html>"),
    Case("login-page", 200, '<html><title>Home</title><input name="p" type="password"></html>'),
    Case("login-page", 401, "<html><title>Log in</title></html>"),
    Case("redirect", 308, "", {"location": "https://gpu01/v1/chat/completions"}),
    Case("redirect", 302, "", {"location": "https://auth.example.com/v1/models"}),
    Case("redirect", 301, "", {"location": "http://[bad"}),
    Case("unexpected-response", 200, "<html><title>Open WebUI</title></html>"),
    # Other words of servers for the same
    Case("content-filter", 400, error("Content Exists Risk", type="invalid_request_error")),  # DeepSeek
    Case("content-filter", 400, error("Violated guardrail policy"), LITELLM),
    Case("content-filter", 403, error("Request blocked by guardrail: PII detected")),
    Case(
        "content-filter", 400, error("litellm.ContentPolicyViolationError: AzureException - no", code="400")
    ),
    Case("invalid-request", 400, error("Guardrail 'pii' not found")),
    Case("model-other-api", 400, error("Please use /v1/responses for this model")),
    Case("model-other-api", 405, error("It can only be used at /v1/audio/transcriptions")),
    Case("upstream-auth", 500, error(UPSTREAM.format("InternalServerError", '{"error":"Unauthorized"}'))),
    Case(
        "context-too-long",
        400,
        error("Input length (5000 tokens) exceeds the maximum allowed length (4096 tokens)."),  # SGLang
    ),
    Case("quota", 400, error("You have reached your specified API usage limits.")),  # Anthropic
    Case("load-failed", 503, error("Could not start the model: the checkpoint is corrupt")),
    Case("backend-crashed", 500, error("model runner has unexpectedly stopped")),  # Ollama
    # What is proved
    Case("upstream-auth", 401, error("Unauthorized"), {}, (Proof.KEY,)),
    Case("request-refused", 404, error("No fixture matched", code="no_fixture_match")),
    Case(
        "request-refused", 404, error("No fixture matched", type="invalid_request_error"), {}, (Proof.PATH,)
    ),
    Case("wrong-path", 404, {"detail": "Not Found"}, {}, (Proof.PATH,)),
    Case("wrong-path", 404, error("File Not Found", type="not_found_error", code=404)),
    Case("wrong-path", 404, error("Resource not found", code="404")),
    # The status last
    Case("auth", 401, error("Unauthorized")),
    Case("forbidden", 403, "<html><title>403 Forbidden</title></html>", {"server": "nginx"}),
    Case("server-error", 500, error("boom", type="InternalServerError")),
)


TELLING: tuple[tuple[str, object], ...] = (
    ("rate-limited", error("Slow down", code="429")),
    ("rate-limited", error("Slow down", code=429, type="None")),
    ("rate-limited", error("Slow down", type="throttling_error")),
    ("rate-limited", error("Slow down", code="RateLimitReached")),
    ("rate-limited", error("Slow down", type="TooManyRequests")),
    ("rate-limited", error("Slow down", status="RESOURCE_EXHAUSTED")),
    ("rate-limited", {"__type": "com.amazon.coral#ThrottlingException", "message": "Too many tokens, wait"}),
    ("rate-limited", error("litellm.RateLimitError: RateLimitError: OpenAIException - No more requests")),
    ("rate-limited", error("Upstream said: {'error': {'code': 429, 'message': 'Slow down'}}", code=500)),
    ("overloaded", error("The engine is busy", type="overloaded_error")),
    ("overloaded", error("The engine is busy", code=529)),
    ("overloaded", error("Come back later", code=503)),
    ("overloaded", error("Come back later", type="service_unavailable_error")),
    ("gateway-timeout", error("It took too long", type="timeout_error")),
    ("gateway-timeout", error("It took too long", code=504)),
    ("gateway-timeout", {"code": "RequestTimeOut", "message": "It took too long"}),
    ("auth", error("Who are you?", code=401)),
    ("auth", error("Who are you?", type="authentication_error")),
    ("auth", error("Who are you?", status="UNAUTHENTICATED")),
)


@pytest.mark.parametrize("status", [200, 400, 404, 422, 500])
@pytest.mark.parametrize(("cause", "body"), TELLING)
def test_a_body_that_tells_outweighs_the_status(cause: str, body: object, status: int) -> None:
    assert Case("", status, body).failure().cause == cause


@pytest.mark.parametrize("status", [400, 404, 422])
@pytest.mark.parametrize(
    "body",
    [
        error("boom", type="InternalServerError"),
        error("boom", type="server_error", code=500),
        error("boom", code="500"),
        error("litellm.InternalServerError: boom"),
        {"type": "error", "error": {"type": "api_error", "message": "Internal server error"}},
    ],
)
def test_a_fault_of_the_server_under_a_status_of_the_request_is_the_servers(
    body: object, status: int
) -> None:
    assert Case("", status, body).failure().cause == "server-error"


@pytest.mark.parametrize(
    ("status", "body", "cause"),
    [
        (400, error("The model `m` does not exist", type="internal_error"), "model-not-found"),
        (400, error("Unsupported parameter: 'seed'", code=500), "unsupported-param"),
        (400, error("Unknown parameter: '_rate_limit_descriptors'."), "unsupported-param"),
        (502, error("Upstream said: {'error': {'code': '401', 'message': 'no'}}", code=502), "bad-gateway"),
        (429, error("Slow down", code=500), "rate-limited"),
    ],
)
def test_a_body_that_tells_no_more_than_another_sentence_decides_nothing(
    status: int, body: object, cause: str
) -> None:
    assert Case("", status, body).failure().cause == cause


def test_the_status_that_came_stays_the_one_that_is_told() -> None:
    assert Case("", 400, error("Slow down", code="429")).failure().status == 400


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.cause}-{case.status}-{str(case.body)[:40]}")
def test_names_the_cause(case: Case) -> None:
    assert case.failure().cause == case.cause


def test_every_rule_names_a_cause_of_the_catalogue_and_the_last_one_always_holds() -> None:
    assert {rule.cause for rule in RULES} <= set(CATALOGUE)
    last = RULES[-1]
    assert not any((last.codes, last.quoted, last.parameter, last.says, last.marks, last.proved, last.status))


@pytest.mark.parametrize(
    ("message", "offered"),
    [
        ("The model `x` does not exist. Valid aliases: smollm2", "smollm2"),
        ("Available models: a/b-1.5, c, d, e, f, g", "a/b-1.5, c, d, e, f"),
        ("Supported models are: ['a', 'b']", "a, b"),
        ("Server is pinned to '/m/smollm2'; requested 'nope'.", "/m/smollm2"),
        ("This key can only access models=['a', 'b']. Tried x", "a, b"),
        ("The model does not exist", None),
        ("available models: see the documentation of this service", None),
    ],
)
def test_reads_which_models_would_do(message: str, offered: str | None) -> None:
    failure = classify_error(404, {}, json.dumps(error(message, code="model_not_found")).encode())
    assert failure.facts.get("offered") == offered
    assert offered is None or offered in failure.advice


def test_names_the_gateway_and_the_other_api() -> None:
    found = {case.cause: case.failure() for case in reversed(CASES)}
    assert found["upstream-auth"].facts["gateway"] == "LiteLLM"
    assert found["gateway-limit"].facts["gateway"] == "nginx/1.22.1"
    assert "nginx" in found["gateway-limit"].title
    assert (
        "/v1/responses"
        in Case("", 404, error("This model is only supported in v1/responses", param="model")).failure().title
    )
    assert found["basic-auth"].facts["realm"] == "Private"
    assert "5 s" in found["upstream-paused"].advice


def test_an_error_inside_a_stream_has_the_status_that_it_names() -> None:
    failure = classify_error(200, {}, json.dumps(error("EngineCore failed", code=500)).encode())
    assert (failure.cause, failure.status) == ("server-error", 500)


def test_a_gateway_that_refuses_knows_no_key() -> None:
    page = "<html><head><title>Just a moment...</title></head></html>"
    for headers, gateway in (
        ({"server": "cloudflare", "cf-mitigated": "challenge"}, "cloudflare"),
        ({"server": "nginx/1.25.3"}, "nginx/1.25.3"),
    ):
        failure = Case("forbidden", 403, page, headers).failure()
        assert failure.cause == "forbidden"
        assert failure.title.startswith(f"The gateway ({gateway}")
        assert "accepts the key" not in failure.title
