"""What the pictures of all families share."""
