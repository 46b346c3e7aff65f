"""Compiled kernels on the columnar form."""
