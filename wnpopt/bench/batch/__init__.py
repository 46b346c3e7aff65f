"""Many runs: which files, which methods, what is still to be done."""
