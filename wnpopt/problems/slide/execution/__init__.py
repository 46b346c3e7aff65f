"""Models that are streamed to clients on this machine, which infer as the layers arrive."""
