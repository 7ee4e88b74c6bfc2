"""The only package that touches disk: providers, secrets, conversations. No network."""
