"""Model names to suggest until the endpoint has listed its own; any other name is accepted."""

from __future__ import annotations

COMMON_MODELS: tuple[str, ...] = (
    "Qwen/Qwen3-8B",
    "Qwen/Qwen3-32B",
    "deepseek-chat",
    "deepseek-r1",
    "deepseek-reasoner",
    "deepseek-v3.2",
    "gemma-3-27b-it",
    "glm-4.6",
    "gpt-4o-mini",
    "gpt-oss-20b",
    "gpt-oss-120b",
    "hf.co/unsloth/Qwen3-8B-GGUF:Q4_K_M",
    "kimi-k2",
    "llama-3.1-8b-instruct",
    "llama-3.1-70b",
    "llama3.2",
    "mistral-large",
    "mistral-small",
    "o1-mini",
    "phi-4",
    "qwen-plus",
    "qwen3:8b",
)
"""In alphabetical order, upper case first."""
