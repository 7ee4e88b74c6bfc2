#!/bin/sh
# Installs packages into a virtual environment: says what it does, and in one sentence why it failed.
#   tools/install.sh FOLDER "WHAT" ARGUMENTS-OF-PIP...
set -u
folder=$1 what=$2
shift 2
log=$folder/setup.log

say() { printf '%s\n' "$*" >&2; }

say "Installing $what."
"$folder/bin/python" -m pip install -qq --disable-pip-version-check --no-input "$@" 2> "$log" && exit 0

unreachable='name resolution|Connection refused|Network is unreachable|No route to host|NewConnectionError'
unreachable="$unreachable|Max retries exceeded|ProxyError|timed out|nodename nor servname|from versions: none"
if grep -qE "$unreachable" "$log"; then
    say "The package index cannot be reached: connect to the network (or set HTTPS_PROXY) and run make again."
elif grep -q 'No space left on device' "$log"; then
    say "The disk is full: free some space and run make again."
else
    say "That failed: $(grep -m 1 -E 'ERROR|rror:' "$log" || echo 'pip gave no reason')"
fi
say "Details: $log"
exit 1
