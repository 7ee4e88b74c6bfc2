"""``lmdeck engine``: its arguments."""

from tui.cli.command import Command

INSTALL = Command(
    "install",
    "Install llama.cpp and SmolLM2-135M into this installation (about 130 MB).",
    run="tui.cli.engine:install",
)
STATUS = Command("status", "Say whether it is installed.", run="tui.cli.engine:status")
COMMAND = Command("engine", "The model that runs on this machine.", actions=(INSTALL, STATUS))
