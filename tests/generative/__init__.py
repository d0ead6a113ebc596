"""Small hostile data sets, drawn at random from a fixed seed, and what must hold for every one of them.

`OPTTIUS_FUZZ=20 pytest tests/generative` draws twenty times as many, from a new seed each time.
"""
