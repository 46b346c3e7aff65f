"""One adapter a solver library: limits, warm starts, endings.

The only place, with the formulations, that imports a solver.
"""
