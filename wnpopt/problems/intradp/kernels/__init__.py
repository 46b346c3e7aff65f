"""Compiled evaluation, expansion, bounds and searches on flat arrays. Importing a module here imports numba."""
