"""A fixed set of served users: how the band is divided among them."""
