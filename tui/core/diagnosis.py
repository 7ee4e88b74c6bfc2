"""The ladder: which checks there are, what each depends on, and the report they make."""

from __future__ import annotations

from enum import StrEnum


class CheckId(StrEnum):
    """The rungs, in order."""

    URL = "url"
    ENVIRONMENT = "environment"
    DNS = "dns"
    TCP = "tcp"
    TLS = "tls"
    HTTP = "http"
    SERVER = "server"
    AUTH = "auth"
    MODELS = "models"
    CHAT = "chat"
    STREAM = "stream"
    USAGE = "usage"
    REASONING = "reasoning"
    SPEED = "speed"


class CheckStatus(StrEnum):
    """How a rung ended."""

    OK = "ok"
    WARNING = "warning"
    FAILED = "failed"
    SKIPPED = "skipped"
