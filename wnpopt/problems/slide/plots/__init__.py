"""Pictures of slide solutions and sweeps."""
