"""The rights matrix: every field and every mutation, asked by every kind of caller (design: rules, by hand)."""
