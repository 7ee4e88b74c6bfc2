"""Tests against servers that this project did not write: ``make test-servers``, never by default."""
