"""Causes that need no packet: the URL, the key as typed, and the environment around the program."""

from __future__ import annotations

from tui.core.cause import Cause

_URL = (
    Cause(
        "url-empty",
        "The URL is empty.",
        "Write the base URL of the server, such as http://localhost:8000/v1.",
    ),
    Cause(
        "url-no-scheme",
        "The URL does not begin with http:// or https://.",
        "Write [[{repair}||http:// (or https:// where the server encrypts) in front]].",
    ),
    Cause(
        "url-bad-scheme",
        "The URL begins with[[ {scheme}, which is]] neither http:// nor https://.",
        "Use http:// or https://[[: {repair}]].",
    ),
    Cause(
        "url-invisible-character",
        "The URL contains a space or an invisible character[[ ({character})]][[ at position {position}]].",
        "Remove it[[: {repair}]].",
    ),
    Cause(
        "url-bad-port",
        "The port in the URL[[ ({port})]] is not a number from 1 to 65535, or it is there twice.",
        "Use the port that the server prints when it starts[[: {repair}||, such as 8000]].",
    ),
    Cause(
        "url-credentials",
        "The URL contains a user name or password, which would replace the API key.",
        "Remove it[[: {repair}]]; a secret belongs in the API key field.",
    ),
    Cause(
        "url-query",
        "The URL has a part after ? or #, which a base URL cannot have.",
        "Remove it[[: {repair}]].",
    ),
    Cause(
        "url-full-route",
        "The URL is the full address of one request[[ ({route})]], not the base of the API.",
        "Use the part before it[[: {repair}]].",
    ),
    Cause(
        "url-missing-v1",
        "The URL has no /v1, the folder in which most servers keep their API.",
        "Add it[[: {repair}]][[ {evidence}]].",
        is_warning=True,
    ),
    Cause("url-doubled-v1", "The URL contains /v1 twice.", "Write it once[[: {repair}]]."),
    Cause(
        "url-double-slash",
        "The URL contains a double slash, which some servers take for another address.",
        "Write a single one[[: {repair}]].",
        is_warning=True,
    ),
    Cause(
        "url-listen-address",
        "The host[[ {host}]] is an address that servers listen on, not one that clients can rely on.",
        "Use 127.0.0.1 or the name of the host[[: {repair}]].",
        is_warning=True,
    ),
    Cause(
        "url-malformed",
        "The URL cannot be read[[: {reason}]].",
        "Write it like [[{repair}||http://localhost:8000/v1 or https://host.example/v1]].",
    ),
    Cause(
        "key-malformed",
        "The API key cannot be right[[: {reason}]].",
        "Enter the key again, without quotes, spaces or the word Bearer[[ (it comes from {key_source})]].",
    ),
    Cause(
        "key-unencrypted",
        "The API key [[{?is_allowed}travels||would travel]] unencrypted[[ to {host}]]: anyone on the way "
        "[[{?is_allowed}can||could]] read it.",
        "[[{?is_allowed}Use https:// or an SSH tunnel (ssh -L) if you do not trust the network"
        "||Use https://, an SSH tunnel (ssh -L), or allow it for this provider if you trust the network]].",
        is_warning=True,
    ),
    Cause(
        "key-unavailable",
        "The API key could not be fetched[[ from {key_source}]][[: {reason}]].",
        "Set the variable, or correct where the key of this provider comes from.",
    ),
)

_ENVIRONMENT = (
    Cause(
        "proxy-captures-local",
        "A proxy[[ (${variable})]] is set and would receive the requests for this machine itself.",
        "Nothing to do here, lmdeck goes around it; for other programs set NO_PROXY=127.0.0.1,localhost.",
        is_warning=True,
    ),
    Cause(
        "no-proxy-cidr",
        "[[${variable}||NO_PROXY]] lists a range of addresses[[ ({entry})]], which many programs ignore "
        "(lmdeck obeys it).",
        "For other programs list the address itself there[[: {host}]].",
        is_warning=True,
    ),
    Cause(
        "proxy-socks-unsupported",
        "A SOCKS proxy is set[[ in ${variable}]], and this program cannot use one.",
        "Unset the variable for this program, or name an HTTP proxy in it.",
    ),
    Cause(
        "no-proxy-malformed",
        "[[${variable}||NO_PROXY]] contains an entry that [[{?is_void}has no effect||many programs cannot "
        "read]][[: {entry}]].",
        "Write plain host names or addresses there, separated by commas.",
        is_warning=True,
    ),
    Cause(
        "proxy-malformed",
        "The proxy address[[ in ${variable}]] cannot be read.",
        "Write it like http://proxy.example:3128, or unset the variable.",
    ),
    Cause(
        "proxy-failed",
        "The proxy[[ {proxy}]][[ (from ${variable})]] failed or wants a login; the endpoint was not reached.",
        "Correct or unset [[${variable}||the proxy setting]], or list the host in NO_PROXY.",
    ),
    Cause(
        "localhost-is-container",
        "[[{host}||The name localhost]] means this container, not the machine around it, and nothing "
        "listens here[[ on port {port}]].",
        "For a server outside use host.docker.internal or its service name, or run with --network host.",
        is_warning=True,
    ),
    Cause(
        "localhost-is-wsl",
        "[[{host}||The name localhost]] means Linux inside Windows (WSL), and nothing listens "
        "here[[ on port {port}]].",
        "For a server on the Windows side turn on mirrored networking, or use the Windows host's address.",
        is_warning=True,
    ),
    Cause(
        "localhost-is-remote-host",
        "Over SSH [[{host}||localhost]] is [[{hostname}||the remote machine]], and nothing listens "
        "there[[ on port {port}]].",
        "Start the server there, or bring your own machine's port there with ssh -R[[ "
        "{port}:localhost:{port}]].",
        is_warning=True,
    ),
    Cause(
        "hosts-file-family",
        "The host name[[ {host}]] leads to an IP version on which nothing listens; the other one answers.",
        "Use the address that answered[[: {repair}]].",
    ),
)

SETUP_CAUSES: tuple[Cause, ...] = _URL + _ENVIRONMENT
