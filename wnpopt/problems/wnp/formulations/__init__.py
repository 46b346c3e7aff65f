"""Exact formulations of wnp; their constraints carry the numbers of ``models/wnp``."""
