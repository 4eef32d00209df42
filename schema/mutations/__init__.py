"""The mutations of the schema, one file per capability, named as in resolvers/."""
