"""Calibration: the violence of a case fitted to the patterns of observed days, and what the data cannot tell apart."""
