"""Pictures of wnp instances and solutions."""
