"""lmdeck: chat with, diagnose and track the cost of any OpenAI-compatible endpoint.

The package is called ``tui``; the distribution and the command are ``lmdeck``.
Nothing is imported here, so that ``lmdeck --version`` stays instant.
"""

__version__ = "0.2.0"
