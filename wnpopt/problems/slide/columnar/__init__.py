"""Instances of a million users: the columnar form, solved and verified without an object a user."""
