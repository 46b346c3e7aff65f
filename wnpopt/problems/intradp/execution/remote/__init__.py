"""A device and a server that share an inference over a socket."""
