"""Readers of files in formats of others: ONNX, STG, measured profiles."""
