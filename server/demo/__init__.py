"""Invented data to try the product with: a small world of people, and one of any size for benchmarks."""
