"""Commands of intradp on the command line."""
