"""Jobs: their runs, the files that a run writes, and the ledger that records every start."""
