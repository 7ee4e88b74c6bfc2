"""A server with a given text in every text field."""

from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any


class HostileServer:
    """Serves model lists, chats and failures with the text in every place that a client shows."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.authorizations: list[str] = []
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True

    @property
    def base_url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self._server.server_address[1]}/v1"

    def __enter__(self) -> HostileServer:
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()

    @property
    def answer(self) -> str:
        """The text in every construct of Markdown."""
        text = self.text
        return (
            f"# Heading {text}\n\nPlain {text} and **bold {text}** and `code {text}`.\n\n"
            f"- item {text}\n  1. nested {text}\n- [ ] task {text}\n\n> quote {text}\n\n"
            f"| a {text} | b |\n|---|---|\n| {text} | 2 |\n\n"
            f"```python {text}\nprint('{text}')  # {text}\n```\n\n"
            f"[link {text}](http://127.0.0.1/{text}) ![image {text}](x{text}) <http://127.0.0.1/{text}>\n\n"
            f"<b>{text}</b> $x_{text}$\n\nEnd of the answer.\n"
        )

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        hostile = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *_: object) -> None:
                """Say nothing."""

            def do_GET(self) -> None:
                hostile.authorizations.append(self.headers.get("authorization", ""))
                if not self.path.endswith("/models"):
                    self._json(404, {"error": {"message": f"no such path {hostile.text}"}})
                    return
                entry = {"id": f"model {hostile.text}", "object": "model", "owned_by": hostile.text}
                self._json(200, {"object": "list", "data": [entry]})

            def do_POST(self) -> None:
                hostile.authorizations.append(self.headers.get("authorization", ""))
                body = json.loads(self.rfile.read(int(self.headers["content-length"])))
                if "fail" in body["messages"][-1]["content"]:
                    message = f"failed {hostile.text}"
                    error = {"message": message, "type": hostile.text, "code": hostile.text}
                    self._json(400, {"error": error})
                    return
                self._stream()

            def _stream(self) -> None:
                text = hostile.text
                base = {"id": text, "model": f"model {text}", "system_fingerprint": text}
                deltas: list[dict[str, Any]] = [
                    {"role": "assistant", "content": None},
                    {"reasoning_content": f"Thinking {text}\n\n```\n{text}\n```\n"},
                    {"content": hostile.answer},
                    {"tool_calls": [{"index": 0, "function": {"name": text, "arguments": text}}]},
                ]
                choices: list[dict[str, Any]] = [
                    {"index": 0, "delta": delta, "finish_reason": None} for delta in deltas
                ]
                choices.append({"index": 0, "delta": {}, "finish_reason": f"stop {text}"})
                lines = [json.dumps({**base, "choices": [choice]}) for choice in choices]
                data = "".join(f"data: {line}\n\n" for line in lines) + "data: [DONE]\n\n"
                self._send(200, "text/event-stream", data.encode())

            def _json(self, status: int, value: object) -> None:
                self._send(status, "application/json", json.dumps(value).encode())

            def _send(self, status: int, content_type: str, data: bytes) -> None:
                self.send_response(status)
                self.send_header("Content-Type", content_type)
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

        return Handler
