"""Fitting an instance's costs, link and powers to what was measured."""
