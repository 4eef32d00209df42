"""The surface: what clients see. No query, no arithmetic, no business decision."""
