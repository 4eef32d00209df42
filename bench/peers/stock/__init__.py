"""Strawberry and Tortoise with data loaders, as their documentation advises."""
