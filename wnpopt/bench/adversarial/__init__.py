"""The search for instances on which one method loses most to another."""
