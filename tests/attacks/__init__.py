"""Input that nobody means well: a clear, typed answer each time, and nothing lost."""
