"""Local search of wnp over cores and orders, with the radio as a pool of dual cuts."""
