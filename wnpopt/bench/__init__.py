"""Batches of runs, the store that keeps them, and what is read from it: gaps, profiles, reports."""
