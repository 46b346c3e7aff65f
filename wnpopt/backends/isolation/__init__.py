"""Processes of our own for what may crash, hang, print or hold process-wide state."""
