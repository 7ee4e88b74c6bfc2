"""Lists of models: every shape that servers give them, and the context window that is really served."""
