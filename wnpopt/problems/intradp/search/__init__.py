"""Plans with their price, and the searches that several methods share."""
