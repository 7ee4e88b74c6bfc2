"""What one check costs, in the words of every place that says so before it is run."""

from __future__ import annotations

CHECK_COST = "about 60 tokens, at most 20 of them output"
"""The prompt is 21 to 36 tokens with the chat templates of common models; the answer is cut at 20."""
