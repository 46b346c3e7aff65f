"""Methods of slide that need no solver library, one a file."""
