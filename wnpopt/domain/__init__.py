"""The vocabulary that all problem families share: DNN graphs, hardware, radio."""
