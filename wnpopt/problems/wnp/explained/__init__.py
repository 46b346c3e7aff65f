"""What stands in the way of a plan of wnp: by the radio, by deadlines and limits."""
