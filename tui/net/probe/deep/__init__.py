"""Tests of what an endpoint can do beside a plain chat."""
