"""wnpopt batch, and how far it is."""
