"""Instances of intradp from networks: which operators are local, which rows they read, what they cost."""
