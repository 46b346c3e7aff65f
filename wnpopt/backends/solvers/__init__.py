"""Other solvers for the same models: which there are, and one adapter each."""
