"""Completion for shells: what can stand on a command line, and a script of it for each shell."""
