"""A reference model of the metrics contract in plain Python: rows of CSV files in, the parts of a report out.

It shares nothing with the tool, no SQL and no code: it reads the contract a second time, as slowly and as
plainly as possible, so that two readings can be compared over any data.
"""
