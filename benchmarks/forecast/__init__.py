"""The forecast against last year again and BG/NBD with Gamma-Gamma: ``python -m benchmarks.forecast`` prints the table.

The rivals are of the package lifetimes, which the extra ``rivals`` installs, together with the data of CDNOW.
"""
