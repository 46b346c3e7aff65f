"""The families' named suites in a store."""
