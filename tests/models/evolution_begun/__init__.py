"""The first of the two migrations of the invented shop alone, as the database of last year knew it."""
