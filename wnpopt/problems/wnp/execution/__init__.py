"""Plans of a chip on processes of this machine: real subgraphs, paced inputs, tensors from core to core."""
