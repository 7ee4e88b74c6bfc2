"""Everything that an endpoint adds to requests is also in the curl command."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any

from tui.core.chat import Endpoint
from tui.core.curl import curl_command
from tui.core.secret import Secret
from tui.net.headers import endpoint_headers


def test_the_curl_command_has_each_header_that_is_sent() -> None:
    """Also those that a field brings that is added some day."""
    endpoint = Endpoint("http://h/v1", Secret("sk-1234"), extra_headers={"X-Team": "red"})
    texts: dict[str, Any] = {
        field.name: "some-value" for field in fields(Endpoint) if getattr(endpoint, field.name) == ""
    }
    endpoint = replace(endpoint, **texts)
    command = curl_command(endpoint, "http://h/v1/models")
    sent = endpoint_headers(endpoint)
    assert len(sent) > 1
    assert [name for name in sent if f"{name}: " not in command] == []
