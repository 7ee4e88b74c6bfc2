"""Tests with third-party servers: ``make test-servers``, never by default."""
