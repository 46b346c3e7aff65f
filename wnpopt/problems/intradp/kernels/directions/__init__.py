"""Bounds on networks with skips: sums of clocks in several directions, over what the rest of a network needs."""
