"""``cat`` of an answer: reads prompts, asks, writes each piece as it comes.

Usage: ``plain_client.py BASE_URL MODEL``.
"""

from __future__ import annotations

import http.client
import json
import sys
from urllib.parse import urlsplit


def ask(base_url: str, model: str, prompt: str) -> None:
    """Write one answer."""
    parts = urlsplit(base_url)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port)
    body = {"model": model, "stream": True, "messages": [{"role": "user", "content": prompt}]}
    headers = {"Content-Type": "application/json"}
    connection.request("POST", f"{parts.path}/chat/completions", json.dumps(body), headers)
    for line in connection.getresponse():
        if line.startswith(b"data: {"):
            choices = json.loads(line[6:])["choices"]
            if choices and (text := choices[0]["delta"].get("content")):
                sys.stdout.write(text)
                sys.stdout.flush()


def main() -> None:
    """Answer prompts until the input ends."""
    sys.stdout.write("ask> ")
    sys.stdout.flush()
    for line in sys.stdin:
        ask(sys.argv[1], sys.argv[2], line.strip())


if __name__ == "__main__":
    main()
