"""Golden files: one hard answer in every format and language, byte for byte."""
