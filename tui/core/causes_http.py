"""Causes that a server or a gateway tells by its answer: the key, the model, the request, its own state."""

from __future__ import annotations

from tui.core.cause import Cause

_ACCESS = (
    Cause(
        "auth",
        "Authentication error: [[{?without_key}the server wants an API key, and none was sent"
        "||the API key is missing or wrong (it comes from {key_source})"
        "||the API key is missing or wrong]].",
        "[[{?takes_options}Give one in the provider's form, or with --key-env VAR"
        "||{?without_key}Enter one in the provider's form, in the field API key"
        "||Check the key, or whether the server wants another header: it asks for {scheme}"
        "||Check the key, or whether the server wants another header (api-key, x-api-key)]].",
    ),
    Cause(
        "auth-scheme",
        "Authentication error: the server refuses this key but answers without one[[; it asks for "
        "{scheme}]].",
        "Clear the API key, or choose the key header that the server wants.",
    ),
    Cause(
        "forbidden",
        "[[The gateway ({gateway}) does not allow this"
        "||{?without_key}The server does not allow this without an API key"
        "||The server knows the key but does not allow this]][[: {server_message}]].",
        "[[{?variable}It may be the proxy {proxy} of ${variable} that says so. ]]"
        "[[{?without_key}Give its API key if it wants one, or check the address filter of the service"
        "||Ask for access to the model, or check the region, organisation or address filter of the "
        "service]].",
    ),
    Cause(
        "basic-auth",
        "Authentication error: the server [[{?is_sent}refuses the user name or the password"
        "||wants a user name and a password, not an API key]] (HTTP Basic[[, for {realm}]]).",
        "[[{?is_sent}Check them||Put them]] in the provider's extra headers: Authorization = Basic, then "
        "name:password in Base64.",
    ),
    Cause(
        "login-page",
        "A login page stands in front of the endpoint[[ ({location})]].",
        "Use an address without it, or give the headers that it accepts (extra_headers), such as a "
        "service token.",
    ),
    Cause(
        "quota",
        "The account has no credit left, so waiting will not help.",
        "Add credit or raise the limit at the service, or use another key.",
    ),
    Cause(
        "rate-limited",
        "Too many requests: the server limits how often it may be asked.",
        "Wait [[{retry_after} s||a moment]] and send again.",
    ),
)

_MODEL = (
    Cause(
        "model-not-found",
        "Model not found: the server [[{?is_doubtful}does not list {model}"
        "||{?is_listed}lists {model} but does not serve it"
        "||does not serve {model}||does not serve a model of that name]].",
        "[[{?is_listed}Load the model in the server, or choose another one"
        "||Choose a model the server offers]][[: {offered}||, such as {closest}]].",
    ),
    Cause(
        "model-forbidden",
        "The API key is not allowed to use the model[[ {model}]].",
        "Ask for access to it, or choose another model[[: {offered}]].",
    ),
    Cause(
        "model-other-api",
        "The model[[ {model}]] does not answer chat completions: it needs another API[[ ({api})]].",
        "Choose a chat model; for an embedding model set the provider's Category to Embedding.",
    ),
    Cause(
        "deployment-not-found",
        "The service has no deployment of that name[[ ({model})]].",
        "Check the name of the deployment in the URL and the model; a new one takes some minutes.",
    ),
    Cause(
        "no-model-loaded",
        "The server runs, but no model is loaded.",
        "Load a model in the server, then try again; if it takes names that it does not list, name one.",
    ),
    Cause(
        "model-missing",
        "No model is named, and the server [[{?has_no_list}has no list of models"
        "||offers {count} of them||offers several or none]].",
        "Name one [[{?takes_options}with --model or ]]in the field Compatible provider"
        "[[, such as {closest}]].",
    ),
    Cause(
        "no-model-list",
        "The server answers requests but [[{?is_empty}its list of models is empty"
        "||does not give its list of models ({reason})||has no list of models]].",
        "Type the model's name by hand; everything else works.",
        is_warning=True,
    ),
    Cause(
        "loading",
        "The server is still loading the model[[ ({progress})]][[; waited {waited}, the limit]].",
        "[[{?option}Wait longer with {option} SECONDS||Wait until it is ready]][[, about {retry_after} s]]; "
        "large models take minutes.",
    ),
    Cause(
        "load-failed",
        "The server could not load the model[[: {server_message}]].",
        "Waiting does not help: correct the model's name or path, or free memory, and load it again.",
    ),
    Cause(
        "overloaded",
        "The server is overloaded: its queue of requests is full[[ ({waiting} waiting)]].",
        "Try again [[in {retry_after} s||a little later]], or use another server.",
    ),
    Cause(
        "context-too-long",
        "The prompt[[ ({prompt_tokens} tokens)]] and its answer exceed what the model can take[[: "
        "{limit} tokens]].",
        "Start a new chat, shorten the prompt, or lower max tokens.",
    ),
    Cause(
        "max-tokens-too-large",
        "Max tokens[[ ({max_tokens})]] is too large[[ for a prompt of {prompt_tokens} tokens]]"
        "[[: the model takes {limit} tokens]].",
        "Set max tokens to [[{room} or less||a smaller number]], or leave it empty.",
    ),
    Cause(
        "no-chat-template",
        "The model has no chat template, the pattern that turns messages into a prompt.",
        "Use a chat (instruct) model, or give the server a chat template when it starts.",
    ),
    Cause(
        "thinking-unsupported",
        "The model[[ {model}]] cannot think.",
        "Set thinking of this provider to unset, or pick a reasoning model.",
    ),
)

_REQUEST = (
    Cause(
        "wrong-path",
        "The server answers, but knows no such address[[ ({path})]].",
        "[[{?path_answers}Its model list answers below the same URL: does the server offer chat completions?"
        "||Check the path of the URL: {repair} answers."
        "||Check the path of the URL; it usually ends in /v1.]]",
    ),
    Cause(
        "method-not-allowed",
        "The address exists but does not take chat requests (it refuses POST).",
        "Check the base URL: it may be a web page, or redirect to another address.",
    ),
    Cause(
        "unexpected-response",
        "Unexpected response: not an OpenAI Chat Completions API[[ ({content})]].",
        "Check that the service offers /chat/completions and look at its log; this may be its web page.",
    ),
    Cause(
        "redirect",
        "The server redirects[[ to {malformed}, which is no web address|| to {location}]]; the key is not "
        "sent there.",
        "[[{?malformed}Look at the server or at the gateway in front of it: this is a defect there"
        "||If you trust that address, put it in the provider's URL: {repair}"
        "||If you trust that address, put it in the provider's URL]].",
    ),
    Cause(
        "unsupported-param",
        "The server refuses a parameter of the request[[; it was {retried}, and that works"
        "|| ({parameter})]].",
        "[[{?retried}Nothing to do: lmdeck asks this server that way by itself"
        "||lmdeck leaves out what it can; remove the rest from the provider's settings]].",
    ),
    Cause(
        "body-too-large",
        "The request is too large for the server or the gateway in front of it.",
        "Shorten the conversation, or raise the gateway's limit (nginx: client_max_body_size; for long keys "
        "and cookies large_client_header_buffers).",
    ),
    Cause(
        "content-filter",
        "The service refused the prompt because of its content.",
        "Rephrase the prompt, or ask whoever runs the service about its content filter.",
    ),
    Cause(
        "request-refused",
        "The server refused the request[[: {server_message}]].",
        "The URL is right: its own words[[ and its code, {code},]] say what it wants.",
    ),
    Cause(
        "invalid-request",
        "The server finds the request invalid[[: {server_message}]].",
        "Check the provider's extra fields and sampling values[[ ({field})]].",
    ),
)

_SERVER = (
    Cause(
        "gateway-timeout",
        "The gateway in front of the model server gave up waiting[[ after {seconds} s]].",
        "[[{?variable}It may be the proxy {proxy} of ${variable} that says so. ]]"
        "Try a shorter prompt, or raise the gateway's limit (nginx: proxy_read_timeout).",
    ),
    Cause(
        "server-error",
        "The server failed[[: {server_message}]].",
        "Look at the server's log[[{?without_key}. No API key was sent: a gateway such as LiteLLM can fail "
        "this way without one||; if memory ran out, lower its context length or batch size]].",
    ),
    Cause(
        "backend-crashed",
        "The server's model engine has crashed[[: {server_message}]].",
        "Restart the server; its log says why the engine crashed.",
    ),
    Cause(
        "bad-gateway",
        "The gateway[[ ({gateway})]] answers, but the model server behind it is down.",
        "[[{?variable}It may be the proxy {proxy} of ${variable} that says so. ]]"
        "Start the model server, or wait until it has restarted.",
    ),
    Cause(
        "gateway-limit",
        "The gateway[[ ({gateway})]] turned the request away: it limits requests, or is under maintenance.",
        "Wait [[{retry_after} s||a moment]] and send again; if it stays, look at its limits (nginx: "
        "limit_req).",
    ),
    Cause(
        "maintenance",
        "The service is under maintenance.",
        "Try again [[in {retry_after} s||later]], or ask whoever runs it.",
    ),
    Cause(
        "upstream-auth",
        "The service behind the gateway[[ ({gateway})]] refuses the gateway's own key.",
        "Your key is right: ask whoever runs the gateway to correct its key for[[ {model}|| this model]].",
    ),
    Cause(
        "upstream-mapping",
        "The gateway[[ ({gateway})]] asks the server behind it for a model or an address that it lacks.",
        "Ask whoever runs the gateway to correct its entry for[[ {model}|| this model]]"
        "[[; the server offers {offered}]].",
    ),
    Cause(
        "upstream-paused",
        "The gateway[[ ({gateway})]] has paused every server for this model because they failed before.",
        "It tries them again [[in {retry_after} s||soon]]; its log has the first failure.",
    ),
)

HTTP_CAUSES: tuple[Cause, ...] = _ACCESS + _MODEL + _REQUEST + _SERVER
