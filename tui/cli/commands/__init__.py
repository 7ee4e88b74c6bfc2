"""The commands of ``lmdeck``: one module each, with its ``COMMAND``.

The help imports all of them, so they import nothing that only running a command needs.
"""

ORDER = (
    "chat",
    "ask",
    "embed",
    "check",
    "discover",
    "providers",
    "presets",
    "history",
    "costs",
    "demo",
    "engine",
    "paths",
    "forget",
    "completion",
)
"""The order in the help; other modules come last."""
