"""The problem families. They never import each other."""
