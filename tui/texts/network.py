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
HUNG_UP: Final = "the server closed the connection during the handshake"
KEY_LOCKED: Final = "the key is protected by a password"
NOT_PEM: Final = "it is not a usable PEM file ({reason})"
RELATIVE_PATH: Final = "the path is relative: write the full path, or one that begins with ~"
NO_CLIENT_KEY: Final = "its private key is not in it: set the client key, too"
NO_CERTIFICATE: Final = "no certificate in it"
CANNOT_BE_READ: Final = "it cannot be read"

# Processes of this machine
OF_OTHER_USER: Final = "a process of another user"
LISTENS_AT: Final = "{who} listens on port {port} ({address})"
OWN_NETWORK: Final = "{who} ({pid}) runs in its own network, such as a container's"
LISTENS: Final = "{who} ({pid}) listens on port {ports}"
ON_PORT: Final = "{label} on port {port}"

THE_HEADER: Final = "the header {name}"
EXTRA_HEADER: Final = "the extra header {name}"
KEPT_CONNECTION: Final = "the server had closed an idle connection"
KEY_FETCHED: Final = "the key was fetched again"
TRIED: Final = "(tried: it answers)"
KEY_CHARACTERS: Final = "it contains a space, a line break or a character outside ASCII"
HEADER_CHARACTERS: Final = "the header {name} contains a character that headers cannot have"
GPU: Final = "GPU {index} {name}: {used:.1f} of {total:.1f} GiB used{busy}{by}"
GPU_BUSY: Final = ", {percent} % busy"
GPU_BY: Final = " by {pids}"
NO_PORT_YET: Final = "{who} ({pid}) has no port yet{since}: it may be starting, for port {port}"
