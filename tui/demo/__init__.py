"""The embedded endpoint for first runs, tests and practising failures, and the local engine."""
