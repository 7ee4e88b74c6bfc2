"""Servers with different abilities: ``n`` and ``json_object``."""

from __future__ import annotations

import json

from tests.support.ability_server import answer, completions, refusal
from tests.support.fake_api import FakeApi, Replayed
from tests.support.fault_server import Answer, Connection, FaultServer
from tui.net.probe.chat import PROMPT

ONLY = "n,json_object"


class Talent:
    """Chats well; ``can`` determines the results of its tests, and may change between checks."""

    def __init__(self, **can: str) -> None:
        self.can = can
        self._api = FakeApi()
        self.tests = 0
        self.holds_after: int | None = None
        """After so many tests the next one is never answered."""

    def __call__(self, connection: Connection) -> None:
        while request := connection.read_request():
            head, _, body = request.partition(b"\r\n\r\n")
            replayed = Replayed(connection, request)
            if not head.startswith(b"POST") or PROMPT.encode() in body:
                self._api(replayed)
                if head.startswith(b"POST"):
                    return
                continue
            self.tests += 1
            if self.holds_after is not None and self.tests > self.holds_after:
                connection.hold()
                return
            self._reply(json.loads(body))(replayed)
            return

    def _reply(self, body: dict[str, object]) -> Answer:
        name = "json_object" if "response_format" in body else "n"
        outcome = self.can.get(name, "no")
        if outcome == "no":
            field = "response_format" if name == "json_object" else "n"
            return refusal(f"Unsupported parameter: '{field}' is not supported with this model.", param=field)
        if outcome == "failing":
            return refusal("Loading model", "503 Service Unavailable")
        if name == "json_object":
            return answer('{"colour": "red"}' if outcome == "yes" else "Red is a colour.")
        choices = [
            {"index": place, "message": {"content": "Hello"}, "finish_reason": "stop"} for place in (0, 1)
        ]
        return completions(choices if outcome == "yes" else choices[:1])


def serving(**can: str) -> tuple[Talent, FaultServer]:
    """Return a server that is not started yet, and what it can do."""
    talent = Talent(**can)
    return talent, FaultServer(talent)
