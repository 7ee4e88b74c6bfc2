"""The model servers of this machine, and how one becomes a provider."""

from typing import Final

TITLE: Final = "Servers on this machine"
HELP: Final = (
    "The model servers that answer on this machine. Only loopback is scanned, without any key. Adding one "
    "opens the form of a new provider, filled in for that server."
)
NONE_FOUND: Final = (
    "No model server answers on this machine. Start one and press {again}, or press {back} and then {add} "
    "to add an endpoint somewhere else."
)

# The status of the scan.
SCANNING: Final = "scanning the ports"
SCANNED: Final = "scanned {done} of {total:port|ports}"
ONE_SERVER: Final = "1 server"
SERVERS: Final = "{count} servers"
STARTING: Final = "{count} starting"
PORTS: Final = "{count:port scanned|ports scanned}"
USUAL_PORTS: Final = "{count:usual port scanned|usual ports scanned}"

# Columns.
PORT: Final = "Port"
MODELS: Final = "Models"
PROCESS: Final = "Process"
UNKNOWN_KIND: Final = "unknown kind"
COUNT: Final = "{count}: {models}"
PID: Final = "{name}, pid {pid}"

# States.
NEW: Final = "new"
LISTED: Final = "listed: {name}"

# Details and what can be done.
SERVES: Final = "Offers {models}."
OFFER_ADD: Final = "add it"
OFFER_SHOW: Final = "show it in the list"
OFFER_RESCAN: Final = "rescan"
