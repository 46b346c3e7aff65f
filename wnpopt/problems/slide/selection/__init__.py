"""Who is served with what: selection over the scalars that the kernels compute."""
