"""The vocabulary that all problem families share: DNN graphs, hardware, radio."""

KINDS = ("graph", "composition", "chip", "radio", "profile")
"""The kinds of documents that describe it."""
