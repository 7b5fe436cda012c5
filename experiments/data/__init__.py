"""Observed series: readers for the files users bring, one module for each layout, all checked the same way."""
