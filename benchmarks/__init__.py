"""Measurements, one command each: ``python -m benchmarks.NAME``; see docs/benchmarks.md."""
