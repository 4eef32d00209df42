from tests.models.evolution.m0001_shop import Migration

__all__ = ["Migration"]
