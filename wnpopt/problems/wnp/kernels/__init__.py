"""Compiled numerics that bounds and heuristics share: the radio side, paths through the DNN, list scheduling."""
