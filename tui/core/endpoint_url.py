"""Validates, normalises and repairs the URL of an endpoint as entered by a user.

Works on text only, without look-ups or requests. An invalid URL has no normalised form, but often a repair;
an unusual one is normalised and reported with a warning.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import field, replace
from ipaddress import IPv6Address

from tui.core.causes import CATALOGUE, fill
from tui.core.lazy_dataclass import dataclass
from tui.core.lazy_pattern import lazy_pattern
from tui.core.url_parts import (
    OTHER_SCHEMES,
    character_name,
    chat_url_of,
    embeddings_url_of,
    guess_scheme,
    host_problem,
    is_hidden,
    is_ipv6,
    is_loopback_host,
    is_name_of_built_in,
    is_scheme,
    models_url_of,
    request_url_of,
    without_dots,
)
from tui.core.url_text import LONGEST_PASTE, folded, without_surroundings
from tui.texts import fields as texts

__all__ = [
    "UrlProblem",
    "UrlReport",
    "chat_url_of",
    "embeddings_url_of",
    "inspect_url",
    "is_loopback_host",
    "models_url_of",
    "request_url_of",
    "usable_url",
]

LONGEST_URL = 2_048

_SCHEME = lazy_pattern(r"([A-Za-z][A-Za-z0-9+.\-]*)?(:|;(?=//)|)(/*)")
_FORBIDDEN = lazy_pattern(r'["<>^`{|}\x00-\x20\x7f]')
_ROUTES = lazy_pattern(r"/(chat/completions|completions|models|embeddings|responses|rerank)$", re.IGNORECASE)
_OLLAMA_ROUTES = lazy_pattern(r"/api/(chat|generate|tags|show|ps|embed|embeddings)$", re.IGNORECASE)
_VERSION_SEGMENT = lazy_pattern(r"/v\d", re.IGNORECASE)
_VERSION_ONLY = lazy_pattern(r"v\d+(?:/|$)", re.IGNORECASE)
_DRIVE = lazy_pattern(r"[A-Za-z]:\\")
_DOUBLED_VERSION = lazy_pattern(r"(/v\d+)(?:\1)+(?=/|$)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class UrlProblem:
    """An error or a warning about a URL."""

    cause: str
    message: str
    """What is wrong and what to write instead, in at most two lines of 80 columns."""
    repair: str | None
    """The complete corrected URL, free of further problems; ``None`` if there is none."""
    is_error: bool
    facts: Mapping[str, str] = field(default_factory=dict)
    """Facts for the sentences of the catalogue (``core.causes.explain``), including the repair."""


@dataclass(frozen=True, slots=True)
class UrlReport:
    """A checked URL. The texts never contain the user name, password, query or fragment of the input."""

    normalised: str | None = None
    """The base URL to use, without a trailing slash; ``None`` if there is an error."""
    models_url: str | None = None
    root_url: str | None = None
    """Scheme, host and port only."""
    scheme: str | None = None
    host: str | None = None
    """In lower case; an IPv6 address without brackets."""
    port: int | None = None
    """The effective port: the default of the scheme, if none is given."""
    is_loopback: bool = False
    problems: tuple[UrlProblem, ...] = ()

    @property
    def errors(self) -> tuple[UrlProblem, ...]:
        """The problems that make the URL unusable."""
        return tuple(problem for problem in self.problems if problem.is_error)

    @property
    def repair(self) -> str | None:
        """The corrected URL, if an error can be repaired."""
        return next((problem.repair for problem in self.errors if problem.repair), None)


def usable_url(text: str | None) -> str | None:
    """Return the URL of a repair found by another check, if it is usable."""
    return inspect_url(text).normalised if text else None


def inspect_url(text: str) -> UrlReport:
    """Check the URL of an endpoint: normalise it, or report the problems and a repair. Never raises."""
    return _Inspection(text).run()


def url_without_secrets(text: str) -> str | None:
    """Return a URL without user name, password and query; ``None`` if they cannot be told apart."""
    report = inspect_url(text)
    return report.normalised or report.repair


@dataclass(slots=True)
class _Inspection:
    """One pass over a URL: each step checks and repairs its part, and records problems."""

    text: str
    scheme: str = ""
    host: str = ""
    port: int | None = None
    path: str = ""
    can_repair: bool = True
    found: list[tuple[str, dict[str, str]]] = field(default_factory=list)

    def run(self) -> UrlReport:
        if not self.text.strip():
            return _report_only("url-empty")
        if len(self.text) > LONGEST_PASTE:
            return _report_only("url-malformed", reason=texts.LONGER_THAN.format(most=LONGEST_URL))
        text = self._find(self.text)
        if len(text) > LONGEST_URL:
            return _report_only("url-malformed", reason=texts.LONGER_THAN.format(most=LONGEST_URL))
        self._parse(text)
        return self._report()

    def is_clean(self) -> bool:
        """Whether there are neither errors nor warnings."""
        self._parse(self._find(self.text))
        return bool(self.host) and self.host not in ("http", "https") and not self.found

    def _find(self, text: str) -> str:
        """Extract the URL from surrounding text that was pasted with it."""
        text, strange = folded(text)
        text, around = without_surroundings(text)
        for reason in (*strange, *around):
            self._note("url-malformed", reason=reason)
        return text

    def _parse(self, text: str) -> None:
        if is_name_of_built_in(text):
            self._give_up("url-bad-scheme", scheme="builtin:")
            self.scheme = "http"
            return
        rest = self._take_credentials(self._take_scheme(self._clean_characters(text)))
        rest = self._take_query(rest)
        authority, slash, path = rest.partition("/")
        self._take_path(slash + path)
        self._take_authority(authority)

    def _note(self, cause: str, **facts: str) -> None:
        self.found.append((cause, facts))

    def _give_up(self, cause: str, **facts: str) -> None:
        self.can_repair = False
        self._note(cause, **facts)

    def _clean_characters(self, text: str) -> str:
        hidden = [index for index, character in enumerate(text) if is_hidden(character)]
        if hidden:
            name = character_name(text[hidden[0]])
            self._note("url-invisible-character", position=str(hidden[0] + 1), character=name)
            text = "".join(character for character in text if not is_hidden(character))
        if _DRIVE.match(text):
            self._give_up("url-malformed", reason=texts.URL_FILE)
        bare = text.strip("\"'`<>")
        if bare != text:
            self._note("url-malformed", reason=texts.URL_QUOTED)
        if "\\" in bare:
            self._note("url-malformed", reason=texts.URL_BACKSLASHES)
        return bare.replace("\\", "/")

    def _take_scheme(self, text: str) -> str:
        match = _SCHEME.match(text)
        word, colon, slashes = ((match[1] or "").lower(), match[2], match[3]) if match else ("", "", "")
        rest = text[len(word + colon + slashes) :]
        if (colon or not word) and len(slashes) != 2 and _VERSION_ONLY.match(rest):
            self._give_up("url-malformed", reason=texts.URL_NO_HOST)
        if not word:
            self._note("url-no-scheme")
            self.scheme = guess_scheme(rest)
            return rest
        if not is_scheme(word, colon, slashes, rest):
            self._note("url-no-scheme")
            self.scheme = guess_scheme(text)
            return text
        is_known = word in ("http", "https")
        self.scheme = word if is_known else ("https" if word.endswith("s") and word != "ws" else "http")
        if word in OTHER_SCHEMES:
            self._give_up("url-bad-scheme", scheme=f"{word}:{slashes[:2]}")
        elif not is_known:
            self._note("url-bad-scheme", scheme=f"{word}:{slashes[:2]}")
        elif colon + slashes != "://":
            self._note("url-bad-scheme")
        return rest

    def _take_credentials(self, text: str) -> str:
        """Remove user name and password, even if the password contains a slash, a question mark or a hash."""
        authority = re.split(r"[/?#]", text, maxsplit=1)[0]
        if "@" in authority:
            self._note("url-credentials")
            return authority.rpartition("@")[2] + text[len(authority) :]
        port = authority.rpartition(":")[2]
        if "@" in text and port != authority and not port.isdigit() and not authority.startswith("["):
            self._note("url-credentials")
            return text.rpartition("@")[2]
        return text

    def _take_query(self, text: str) -> str:
        bare = re.split(r"[?#]", text, maxsplit=1)[0]
        if bare != text:
            self._note("url-query")
        return bare

    def _take_authority(self, authority: str) -> None:
        if authority.startswith("["):
            host, bracket, port = authority[1:].partition("]")
            if not bracket:
                self._note("url-malformed", reason=texts.URL_OPEN_BRACKET)
            self._take_port(port)
            self._take_ipv6(host)
        elif authority.count(":") > 1:
            self._take_many_colons(authority)
        else:
            host, colon, port = authority.partition(":")
            self._take_port(colon + port)
            self._take_host(host.lower())

    def _take_many_colons(self, authority: str) -> None:
        host, _, last = authority.rpartition(":")
        for address, port in ((host, f":{last}"), (authority, "")):
            if is_ipv6(address):
                self._note("url-malformed", reason=texts.URL_IPV6_BARE)
                self._take_port(port)
                self.host = address.lower()
                return
        first, *ports = authority.split(":")
        if len(set(ports)) == 1:
            self._note("url-bad-port", port=ports[0])
            self._take_port(f":{ports[0]}", is_noted=True)
        else:
            self._give_up("url-bad-port", port=":".join(ports))
        self._take_host(first.lower())

    def _take_port(self, text: str, *, is_noted: bool = False) -> None:
        if text == ":" and not is_noted:
            self._note("url-bad-port")
        elif text not in ("", ":"):
            digits = text[1:]
            is_number = text[0] == ":" and digits.isascii() and digits.isdigit() and len(digits) <= 8
            if is_number and 1 <= int(digits) <= 65_535:
                self.port = int(digits)
            else:
                self._give_up("url-bad-port", port=text.lstrip(":"))

    def _take_ipv6(self, host: str) -> None:
        self.host = host.lower()
        if not is_ipv6(host):
            self._give_up("url-malformed", reason=texts.URL_NOT_IPV6.format(host=host))
        elif IPv6Address(host).is_unspecified:
            self._note("url-listen-address", host="[::]")

    def _take_host(self, host: str) -> None:
        self.host = host
        reason = host_problem(host)
        if reason:
            self._give_up("url-malformed", reason=reason)
        elif host == "0.0.0.0":  # noqa: S104 - compared with, not listened on
            self._note("url-listen-address", host=host)

    def _take_path(self, path: str) -> None:
        if _FORBIDDEN.search(path):
            reason = texts.URL_PATH.format(character=_FORBIDDEN.findall(path)[0])
            self._give_up("url-malformed", reason=reason)
        single = re.sub(r"//+", "/", path)
        if single != path:
            self._note("url-double-slash")
        path = without_dots(single).rstrip("/")
        path = self._strip_routes(path)
        once = _DOUBLED_VERSION.sub(r"\1", path)
        if once != path:
            self._note("url-doubled-v1")
        self.path = once
        if not _VERSION_SEGMENT.search(once):
            self._note("url-missing-v1")

    def _strip_routes(self, path: str) -> str:
        bare = path
        while True:
            if native := _OLLAMA_ROUTES.search(bare):
                self._note("url-full-route", route=path[native.start() :])
                return bare[: native.start()] + "/v1"
            match = _ROUTES.search(bare)
            if match is None:
                break
            bare = bare[: match.start()].rstrip("/")
        if bare != path:
            self._note("url-full-route", route=path[len(bare) :])
        return bare

    def _report(self) -> UrlReport:
        base = self._base_url()
        repair = self._repair() if self.found and self.can_repair else None
        problems = tuple(_make_problem(cause, repair, facts) for cause, facts in self.found)
        is_broken = any(problem.is_error for problem in problems)
        used = _effective(base) if not is_broken else UrlReport()
        return replace(
            used,
            scheme=self.scheme or None,
            host=self.host or None,
            port=self.port or (443 if self.scheme == "https" else 80),
            is_loopback=bool(self.host) and is_loopback_host(self.host),
            problems=tuple(sorted(problems, key=lambda problem: not problem.is_error)),
        )

    def _repair(self) -> str | None:
        """Return the URL with all repairs applied, if no problem remains."""
        host = self.host
        if any(cause == "url-listen-address" for cause, _ in self.found):
            host = "::1" if ":" in host else "127.0.0.1"
        version = "" if _VERSION_SEGMENT.search(self.path) else "/v1"
        repaired = self._base_url(host) + version
        return repaired if _Inspection(repaired).is_clean() else None

    def _base_url(self, host: str | None = None) -> str:
        name = self.host if host is None else host
        shown = f"[{name}]" if ":" in name else name
        port = "" if self.port is None else f":{self.port}"
        return f"{self.scheme}://{shown}{port}{self.path}"


def _make_problem(cause: str, repair: str | None, facts: dict[str, str]) -> UrlProblem:
    entry = CATALOGUE[cause]
    words = {**facts, "repair": repair} if repair else facts
    message = fill(f"{entry.title} {entry.advice}", words)
    return UrlProblem(cause, message, repair, not entry.is_warning, words)


def _report_only(cause: str, **facts: str) -> UrlReport:
    return UrlReport(problems=(_make_problem(cause, None, facts),))


def _effective(base: str) -> UrlReport:
    scheme, _, rest = base.partition("://")
    return UrlReport(
        normalised=base,
        models_url=models_url_of(base),
        root_url=f"{scheme}://{rest.partition('/')[0]}",
    )
