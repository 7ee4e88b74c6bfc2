"""Tests of an endpoint's abilities beyond plain chat."""
