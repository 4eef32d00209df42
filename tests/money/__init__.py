"""Money: what must hold whatever is done with it, how often, and by how many at once."""
