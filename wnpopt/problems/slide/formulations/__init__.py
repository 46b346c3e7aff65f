"""Formulations of slide for solvers, one a file. Constraint names are the numbers in ``models/slide``."""
