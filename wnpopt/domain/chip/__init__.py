"""Accelerator cores, chips and devices, and how long they take."""
