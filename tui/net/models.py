"""Asks an endpoint which models it offers."""

from __future__ import annotations

from tui.core.chat import Endpoint
from tui.core.endpoint_url import models_url_of
from tui.core.failure import LmdeckError
from tui.net.client import ClientFactory
from tui.net.completion import complete_refusal
from tui.net.fetch import fetch
from tui.wire.errors import classify_error
from tui.wire.models import ModelList, read_models


async def fetch_models(factory: ClientFactory, endpoint: Endpoint, *, seconds: float = 10.0) -> ModelList:
    """Return the endpoint's model list, within ``seconds``. An empty list is a valid one.

    Raises:
        LmdeckError: it does not answer, refuses, or answers with something else.
    """
    url = models_url_of(endpoint.base_url)
    response = await fetch(factory, endpoint, url, seconds=seconds)
    if response.status < 300:
        models = read_models(response.body)
        if models is not None:
            return models
    failure = classify_error(response.status, response.headers, response.body, factory.redactor)
    location = response.headers.get("location")
    raise LmdeckError(
        complete_refusal(failure, endpoint, route="/models", location=location, redactor=factory.redactor)
    )
