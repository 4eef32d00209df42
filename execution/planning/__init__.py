"""Plans: a document is compiled once into one statement that prints its answer, and run many times.

The same declarations that the loaders read say here which columns, rows and rights a statement needs. Whatever cannot
be planned is run field by field, which answers the same.
"""
