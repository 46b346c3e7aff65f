"""The suites that ``wnpopt bench SUITE`` runs, one file a family."""
