"""Requests the model list of an endpoint."""

from __future__ import annotations

import asyncio
from functools import partial

from tui.core.chat import Endpoint
from tui.core.endpoint_url import models_url_of
from tui.core.failure import LmdeckError
from tui.net.client import ClientFactory
from tui.net.elsewhere import NOT_THERE, find_base, told_elsewhere
from tui.net.fetch import Fetched, fetch, fetch_evidence
from tui.net.http_error_details import enrich_http_error
from tui.wire.errors import classify_error
from tui.wire.models import ModelList, read_models

_LARGE_LIST = 50_000
"""Bytes from which a list is parsed in a thread: thousands of entries would delay key presses."""


async def fetch_models(factory: ClientFactory, endpoint: Endpoint, *, seconds: float = 10.0) -> ModelList:
    """Return the endpoint's model list, within ``seconds``. An empty list is valid.

    Raises:
        LmdeckError: no response, an error, or something else than a model list.
    """
    response = await fetch(factory, endpoint, models_url_of(endpoint.base_url), seconds=seconds)
    try:
        if len(response.body) > _LARGE_LIST:
            return await asyncio.to_thread(read_list, factory, endpoint, response)
        return read_list(factory, endpoint, response)
    except LmdeckError as error:
        if error.failure.cause not in NOT_THERE:
            raise
        found = await find_base(endpoint, partial(fetch_evidence, factory))
        if found is None:
            raise
        raise LmdeckError(told_elsewhere(error.failure, endpoint.base_url, found)) from error


def read_list(factory: ClientFactory, endpoint: Endpoint, response: Fetched) -> ModelList:
    """Parse the model list in a response.

    Raises:
        LmdeckError: it is not one.
    """
    models = read_models(response.body) if response.status < 300 else None
    if models is not None:
        return models
    failure = enrich_http_error(
        classify_error(response.status, response.headers, response.body, factory.redactor),
        endpoint,
        route="/models",
        location=response.headers.get("location"),
        redactor=factory.redactor,
        way=factory.route(endpoint.base_url),
    )
    raise LmdeckError(failure)
