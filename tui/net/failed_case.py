"""One failed exchange as seen by the rules of ``net.classify``, and whether a proxy caused it."""

from __future__ import annotations

from collections.abc import Iterator

from tui.core.chat import Endpoint
from tui.core.lazy_dataclass import dataclass
from tui.core.safe_text import safe_line
from tui.core.secret import Redactor
from tui.net.addresses import Origin
from tui.net.proxies import Route
from tui.net.request_trace import Phase, RequestTrace

BEFORE_CONNECTION = (Phase.PREPARE, Phase.LOOKUP, Phase.CONNECT)
_DEEPEST = 20
_LONGEST_REASON = 500


@dataclass(frozen=True, slots=True)
class FailedCase:
    """One failed exchange, as the rules below see it."""

    errors: tuple[BaseException, ...]
    endpoint: Endpoint
    origin: Origin
    trace: RequestTrace
    phase: Phase
    seconds: float | None

    def find(self, name: str) -> BaseException | None:
        """Return the first error in the chain whose type, or a base of it, has a name."""
        for error in self.errors:
            if any(kind.__name__ == name for kind in type(error).__mro__):
                return error
        return None

    @property
    def limit(self) -> str | None:
        """The time limit that was exceeded, for a sentence."""
        return None if self.seconds is None else f"{self.seconds:g}"


def walk_chain(error: BaseException) -> Iterator[BaseException]:
    """Yield an exception, its causes and the members of groups, outermost first."""
    seen: set[int] = set()
    waiting = [error]
    while waiting and len(seen) < _DEEPEST:
        current = waiting.pop(0)
        if id(current) in seen:
            continue
        seen.add(id(current))
        yield current
        if isinstance(current, BaseExceptionGroup):
            waiting.extend(current.exceptions)
        following = current.__cause__ or current.__context__
        if following is not None:
            waiting.append(following)


def proxy_facts(route: Route | None) -> dict[str, str | None]:
    return {} if route is None else {"proxy": route.proxy, "variable": route.variable}


def _goes_through_proxy(case: FailedCase, route: Route | None) -> bool:
    return case.trace.through_proxy or (route is not None and not route.is_direct)


def met_proxy(case: FailedCase, route: Route | None) -> bool:
    """Return whether what happened on a new connection happened with the proxy, outside a tunnel."""
    is_open = case.origin.scheme == "http" and not case.trace.is_reused
    return is_open and _goes_through_proxy(case, route)


def is_proxy_fault(case: FailedCase, route: Route | None) -> bool:
    """Return whether it failed before the proxy had connected to the endpoint."""
    if case.find("ProxyError"):
        return True
    if not _goes_through_proxy(case, route):
        return False
    if case.phase in BEFORE_CONNECTION or case.trace.is_reused:
        return case.phase in BEFORE_CONNECTION
    if case.origin.scheme != "https":
        return case.phase is Phase.TLS
    return case.trace.handshakes <= _is_encrypted(route)


def _is_encrypted(route: Route | None) -> bool:
    """Whether there is TLS on the way to the proxy itself."""
    return route is not None and (route.proxy or "").startswith("https:")


def proxy_words(case: FailedCase, redactor: Redactor) -> str | None:
    """Return status and reason of a proxy that refuses a tunnel."""
    error = case.find("ProxyError")
    return (
        safe_line(" ".join(redactor.redact(str(error)).split()), _LONGEST_REASON) or None if error else None
    )
