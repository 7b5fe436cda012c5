"""Designs: which settings are tried, over which cases, policies, theories and seeds."""
