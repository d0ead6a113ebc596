"""Reports that are made by themselves: one run, its files, and the ledger in which every start is kept."""
