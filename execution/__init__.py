"""How a document runs: a library that knows graphql-core, Strawberry and Tortoise, and nothing of what we sell.

`declare` is what a type file needs; `guards` and `predicates` say who may see what; `scalars` spells values;
`house` checks a schema as a whole.
"""
