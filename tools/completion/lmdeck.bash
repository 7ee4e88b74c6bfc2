# Loaded at the first Tab after lmdeck.
eval "$(lmdeck completion bash)"
