"""What stands between the rows of a report and whoever reads them: masks, pseudonyms, small groups.

It comes after the engine and before the renderer, so that no format and no report can forget it.
"""
