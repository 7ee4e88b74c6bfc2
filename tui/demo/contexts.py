"""The context lengths of the built-in models, in tokens."""

DEMO_CONTEXT = 32_768
ENGINE_CONTEXT = 4096
