"""What the network reports while a request is on its way."""

from typing import Final

RETRYING: Final = "{reason} Retrying in {seconds:.0f} s."
WAITING: Final = "{what}: waited {time} of at most {limit}{option}."
STARTING: Final = "{server} is starting"
THE_SERVER: Final = "The server"
LOADING: Final = "The model is loading{said}"
PROCESS: Final = "{server} (pid {pid})"
HEAD_TOO_LONG: Final = "The response headers are too long."
NOT_HTTP: Final = "The response does not begin with HTTP/."
NOT_RECORDED: Final = "{name} could not record a request: {error}."

# Encryption
HANDSHAKE_FAILED: Final = "the handshake failed"
CLIENT_REFUSED: Final = "the server refuses the client certificate ({reason})"
HUNG_UP: Final = "the server hung up during the handshake"
KEY_LOCKED: Final = "the key is protected by a password"
NOT_PEM: Final = "it is not a usable PEM file ({reason})"
NO_CERTIFICATE: Final = "no certificate in it"
CANNOT_BE_READ: Final = "it cannot be read"

# Processes of this machine
OF_OTHER_USER: Final = "a process of another user"
LISTENS_AT: Final = "{who} listens on port {port} ({address})"
OWN_NETWORK: Final = "{who} ({pid}) runs in a network of its own, as in a container"
LISTENS: Final = "{who} ({pid}) listens on port {ports}"
ON_PORT: Final = "{label} on port {port}"
