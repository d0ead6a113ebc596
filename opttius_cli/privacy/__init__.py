"""Personal data in results: masks, pseudonyms and the suppression of small groups.

Applied after the engine and before the renderer, so that no report and no format can bypass it.
"""
