"""What is attacked on purpose: stops, full disks, several writers, clocks."""
