"""The kernel: documents, results, budgets, registry. Depends on numpy and pydantic only."""
