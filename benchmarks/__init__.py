"""How fast the tool is, measured as a person meets it: whole processes on a large invented shop.

``make bench`` prints a table against the targets; ``OPTTIUS_BENCH=small`` is a short run of the same.
Only a command that fails makes the run fail: a time is a fact about a machine, and no test.
"""
