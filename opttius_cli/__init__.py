"""opttius: reports for optical shops whose numbers are right, explained and private."""

__version__ = "0.2.0"
