"""What a store says: gaps, profiles, primal integrals, sweeps."""
