"""The report: one HTML page made from a store alone."""
