"""Where the runs of a batch are done: processes of this machine, or of a cluster."""
