"""Random documents over the whole schema: nothing fails, nothing leaks, and counts agree with lists.

One generator for every use: it knows ids, cursors, filters and enumerations, so that most of what it makes means
something. Whoever adds a second way to run documents runs these through both and compares.
"""
