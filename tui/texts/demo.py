"""What the demo endpoint prints."""

from typing import Final

CANNOT_LISTEN: Final = "The demo endpoint cannot listen on {host} port {port}: {reason}."
OTHER_PORT: Final = "Choose another port with --port, or omit it to use a free one."
UNKNOWN_FAULT: Final = "The demo endpoint has no fault {cause!r}."
KNOWN_FAULTS: Final = "Choose one of: {names}."
FAULT: Final = "Fault {cause}: the server {summary}."
ENDPOINT: Final = "Demo endpoint: {url}   model: {model}"
TRY_IT: Final = "Try it in another terminal:"
STOP: Final = "Press Ctrl+C to stop."
