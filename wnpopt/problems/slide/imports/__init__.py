"""slide instances from files of networks."""
