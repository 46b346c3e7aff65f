"""Pictures of intradp plans."""
