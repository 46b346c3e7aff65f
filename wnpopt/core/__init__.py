"""What every family shares: documents, results, budgets, registry. Depends on numpy and pydantic only."""
