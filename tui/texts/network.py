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
