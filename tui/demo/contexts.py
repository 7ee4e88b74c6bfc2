"""How many tokens fit into the context of the built-in models."""

DEMO_CONTEXT = 32_768
ENGINE_CONTEXT = 4096
