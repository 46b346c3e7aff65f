"""Instances of wnp from networks, chips, radios and task graphs."""
