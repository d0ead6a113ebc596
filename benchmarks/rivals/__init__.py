"""How fast the tool is beside what somebody would write instead: Polars, pandas, SQL, plain Python.

Every rival answers from the same exports by the rules of docs/metrics.md, as one whole process. Nothing is timed before
all figures agree with the tool's. ``make bench-rivals`` writes what it measured to ``benchmarks/results``.
"""
