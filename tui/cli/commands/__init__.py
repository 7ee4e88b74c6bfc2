"""One module a command: each reads its arguments, calls the runtime and returns an exit code."""
