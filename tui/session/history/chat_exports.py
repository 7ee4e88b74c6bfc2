"""Imports the exports of ChatGPT and Open WebUI: trees of messages, with all branches."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from tui.core.titles import title_of
from tui.session.history.details import split_details
from tui.session.history.incoming import Incoming, foreign, require_writable, stable_identity
from tui.session.history.message_tree import Message, tree_turns
from tui.store.record_values import text_of
from tui.texts import history as texts

_LATEST = 253_402_300_799
"""The last second of the year 9999."""


def is_chatgpt(value: object) -> bool:
    """Return whether a value is a conversation exported by ChatGPT."""
    return isinstance(value, dict) and isinstance(value.get("mapping"), dict)


def is_open_webui(value: object) -> bool:
    """Return whether a value is a chat exported by Open WebUI."""
    return isinstance(value, dict) and isinstance(_history(value).get("messages"), dict)


def from_chatgpt(value: Mapping[str, Any], moment: str) -> Incoming:
    """Return a conversation of ChatGPT; ``moment`` is used if it has no time.

    Raises:
        UsageError: it has no message, or content that cannot be saved.
    """
    remarks: list[str] = []
    fallback = text_of(value.get("default_model_slug")) or ""
    nodes = record_of(value.get("mapping")).items()
    messages = {name: _chatgpt_message(record_of(node), fallback, remarks) for name, node in nodes}
    name = text_of(value.get("conversation_id")) or text_of(value.get("id"))
    return _conversation(
        "chatgpt", value, name, messages, text_of(value.get("current_node")), moment, remarks
    )


def from_open_webui(value: Mapping[str, Any], moment: str) -> Incoming:
    """Return a chat of Open WebUI; ``moment`` is used if it has no time.

    Raises:
        UsageError: it has no message, or content that cannot be saved.
    """
    remarks: list[str] = []
    history = _history(value)
    nodes = record_of(history.get("messages")).items()
    messages = {name: _webui_message(record_of(node), remarks) for name, node in nodes}
    current = text_of(history.get("currentId"))
    return _conversation("webui", value, text_of(value.get("id")), messages, current, moment, remarks)


def _conversation(
    origin: str,
    value: Mapping[str, Any],
    name: str | None,
    messages: Mapping[str, Message],
    current: str | None,
    moment: str,
    remarks: list[str],
) -> Incoming:
    require_writable(value)
    tree = tree_turns(messages, current)
    if tree.is_cut:
        remarks.append(texts.BEGINNINGS_LEFT_OUT)
    began = _moment(value.get("create_time", value.get("created_at"))) or moment
    title = text_of(value.get("title")) or text_of(record_of(value.get("chat")).get("title"))
    first = next((turn.prompt for turn in tree.turns if turn.prompt.strip()), "")
    identity = stable_identity(origin, dict(value), name)
    return foreign(identity, title or title_of(first), began, tree.turns, remarks, tree.shown)


def _chatgpt_message(node: Mapping[str, Any], fallback: str, remarks: list[str]) -> Message:
    """Read a node; only its author and its parts are required, and a node may have no message."""
    parent = text_of(node.get("parent"))
    message = record_of(node.get("message"))
    content, metadata = record_of(message.get("content")), record_of(message.get("metadata"))
    role = text_of(record_of(message.get("author")).get("role")) or ""
    if metadata.get("is_visually_hidden_from_conversation") is True:
        role = ""
    if role not in ("user", "assistant"):
        return Message(parent)
    thoughts = "\n\n".join(
        filter(None, (text_of(record_of(each).get("content")) for each in _list(content.get("thoughts"))))
    )
    model = text_of(metadata.get("model_slug")) or (fallback if role == "assistant" else "")
    text = _parts(content, remarks)
    return Message(parent, role, text, thoughts, model, _moment(message.get("create_time")))


def _parts(content: Mapping[str, Any], remarks: list[str]) -> str:
    kind = text_of(content.get("content_type")) or "text"
    if kind in ("thoughts", "reasoning_recap"):
        return ""
    parts = _list(content.get("parts")) or [content.get("text")]
    found = [part if isinstance(part, str) else text_of(record_of(part).get("text")) for part in parts]
    if None in found and any(part is not None for part in parts):
        remarks.append(texts.PARTS_LEFT_OUT)
    text = "\n".join(filter(None, found))
    return f"```\n{text}\n```" if kind == "code" and text and "```" not in text else text


def _webui_message(node: Mapping[str, Any], remarks: list[str]) -> Message:
    role = text_of(node.get("role")) or ""
    if node.get("files"):
        remarks.append(texts.ATTACHMENTS_LEFT_OUT)
    content = node.get("content")
    text = content if isinstance(content, str) else _parts({"parts": content}, remarks)
    reasoning = ""
    if role == "assistant":
        text, reasoning, has_calls = split_details(text)
        if has_calls:
            remarks.append(texts.TOOL_CALLS_LEFT_OUT)
    model = text_of(node.get("model")) or ""
    return Message(
        text_of(node.get("parentId")), role, text, reasoning, model, _moment(node.get("timestamp"))
    )


def _history(value: Mapping[str, Any]) -> Mapping[str, Any]:
    return record_of(record_of(value.get("chat")).get("history"))


def record_of(value: object) -> Mapping[str, Any]:
    """Return an object, or an empty one for anything else."""
    return value if isinstance(value, dict) else {}


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def _moment(seconds: object) -> str:
    """Return a Unix timestamp in ISO 8601; empty if it is invalid."""
    if isinstance(seconds, bool) or not isinstance(seconds, int | float):
        return ""
    if not math.isfinite(seconds) or not 0 <= seconds <= _LATEST:
        return ""
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="seconds")
