lmdeck completion fish | source
