"""wnpopt bench: named suites, tables of a store, adversarial search."""
