"""Results explained: sensitivity, variance shares, scenario discovery, robustness."""
