"""The policies that come along, and those that other packages register."""
