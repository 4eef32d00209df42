"""What must always hold: pure values and functions, the standard library only."""
