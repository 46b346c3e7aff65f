"""Costs of an instance, measured by running its network on this machine."""
