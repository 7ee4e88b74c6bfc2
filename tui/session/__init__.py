"""Running conversations: folds events into turns, and calculates and records their cost."""
