"""The explanation of a figure: its definition, its steps and rows, and the proof that they come to it."""
