"""The weekly list of whom to contact: who opted out, and the ledger of what was decided."""
