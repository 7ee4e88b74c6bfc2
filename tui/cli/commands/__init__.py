"""What can be typed after ``lmdeck``: one module each, with its ``COMMAND``.

The help reads them all, so they import nothing that running a command needs.
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
"""How the help lists them; a module that is not named here comes after these."""
