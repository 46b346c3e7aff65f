"""The store of runs, and what its records must keep."""
