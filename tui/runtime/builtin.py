"""The providers without set-up: the built-in model and the demo endpoint, started on demand."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

from tui.core.chat import Endpoint
from tui.core.endpoint_url import inspect_url
from tui.core.lazy_dataclass import dataclass
from tui.core.provider import Provider, Sampling
from tui.core.safe_text import safe_line
from tui.demo.contexts import DEMO_CONTEXT, ENGINE_CONTEXT
from tui.demo.engine_files import INSTALL_COMMAND, find_engine
from tui.store.optional import OptionalFiles
from tui.texts import runtime as texts
from tui.texts.provider_list import THIS_MACHINE

if TYPE_CHECKING:
    from tui.runtime.builtin_servers import BuiltInServers

ENGINE_NAME = "smollm2"
DEMO_NAME = "demo"
URL_PREFIX = "builtin:"
"""The URL of a built-in provider until it is started and listens on a free port."""

ENGINE_PROMPT = "Answer the question in one short English sentence."
"""With it, the model answers 19 of 22 simple questions correctly, at low temperatures; without it, it
switches to other languages ("What is the capital of France?") and rambles."""

ENGINE_PROVIDER = Provider(
    name=ENGINE_NAME,
    display_name="SmolLM2 on this machine",
    model="SmolLM2-135M-Instruct",
    input_price=Decimal(0),
    output_price=Decimal(0),
    provider_url=URL_PREFIX + ENGINE_NAME,
    is_remote=True,
    system_prompt=ENGINE_PROMPT,
    sampling=Sampling(max_tokens=1024, temperature=0.1, top_p=0.9),
)
DEMO_PROVIDER = Provider(
    name=DEMO_NAME,
    display_name="Demo",
    model="demo-reasoner",
    input_price=Decimal("0.001"),
    output_price=Decimal("0.002"),
    provider_url=URL_PREFIX + DEMO_NAME,
    is_remote=True,
)


@dataclass(frozen=True, slots=True)
class Availability:
    """Whether a provider is usable at all, before any request."""

    is_available: bool
    reason: str = ""
    command: str = ""
    """The command that makes it available."""


AVAILABLE = Availability(True)


def is_built_in(provider: Provider) -> bool:
    """Return whether a provider's URL is that of an existing built-in endpoint."""
    return built_in_name(provider) in (ENGINE_NAME, DEMO_NAME)


def shown_url(provider: Provider) -> str:
    """Return a provider's URL for display: ``built in`` if there is none yet."""
    return "built in" if is_built_in(provider) else safe_line(provider.provider_url)


def address_of(provider: Provider) -> str:
    """Return host and port, in a short form that identifies the endpoint."""
    if is_built_in(provider):
        return THIS_MACHINE
    report = inspect_url(provider.provider_url)
    if report.host is None:
        return safe_line(provider.provider_url)
    host = f"[{report.host}]" if ":" in report.host else report.host
    is_usual = report.port is None or (report.scheme, report.port) in (("http", 80), ("https", 443))
    return safe_line(host if is_usual else f"{host}:{report.port}")


def remote_words(provider: Provider) -> str:
    """Return the value of *Is remote* for a provider; built-in ones are not remote."""
    return "built in" if is_built_in(provider) else ("yes" if provider.is_remote else "no")


def built_in_name(provider: Provider) -> str:
    """Return the name in a built-in URL, or an empty text."""
    prefix, name = provider.provider_url[: len(URL_PREFIX)], provider.provider_url[len(URL_PREFIX) :]
    return name if prefix == URL_PREFIX else ""


class BuiltIns:
    """Starts the built-in endpoints on demand, and stops them at the end of the program."""

    providers: tuple[Provider, ...] = (ENGINE_PROVIDER, DEMO_PROVIDER)

    def __init__(self, log_directory: Path, optional: OptionalFiles | None = None) -> None:
        """Create an instance; ``optional`` reports if the engine's log cannot be written."""
        self._log_directory = log_directory
        self._optional = optional or OptionalFiles()
        self._servers: BuiltInServers | None = None

    def availability(self, name: str) -> Availability:
        """Return whether a built-in provider can be started; checks files, starts nothing."""
        if name != ENGINE_NAME:
            return AVAILABLE
        if find_engine() is not None:
            return AVAILABLE
        return Availability(False, texts.ENGINE_MISSING, INSTALL_COMMAND)

    def context_window(self, provider: Provider) -> int | None:
        """Return the context length of a built-in model in tokens."""
        return DEMO_CONTEXT if built_in_name(provider) == DEMO_NAME else ENGINE_CONTEXT

    def is_running(self, name: str) -> bool:
        """Return whether a built-in endpoint is running."""
        if self._servers is None:
            return False
        return self._servers.is_demo_running if name == DEMO_NAME else self._servers.is_engine_running

    async def endpoint(self, name: str) -> Endpoint:
        """Return the endpoint of a built-in provider, starting it if necessary.

        Raises:
            LmdeckError: the engine is not installed (``engine-missing``) or did not start.
        """
        if self._servers is None:
            from tui.runtime.builtin_servers import BuiltInServers

            self._servers = BuiltInServers(self._log_directory, self._optional)
        return await (self._servers.demo() if name == DEMO_NAME else self._servers.engine())

    async def aclose(self) -> None:
        """Stop all started endpoints."""
        servers, self._servers = self._servers, None
        if servers is not None:
            await servers.aclose()
