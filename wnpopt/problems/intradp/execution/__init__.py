"""Plans on real tensors, and operator times measured here."""
