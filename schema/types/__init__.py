"""The types of the schema, one file each."""
