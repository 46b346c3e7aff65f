"""Files that describe networks, chips and radios, ours and others', as objects of the domain."""
