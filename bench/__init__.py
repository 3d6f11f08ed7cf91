"""Measurements of the promises about speed and memory, as ratios taken in one run: ``python -m bench``."""
