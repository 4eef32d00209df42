"""Processes: the program that listens, the worker, the command line, and everything they read from outside."""
