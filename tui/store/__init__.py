"""The only package that accesses the disk: providers, secrets, conversations. No network."""
