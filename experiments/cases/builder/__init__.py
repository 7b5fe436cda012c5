"""Cases built from observed data."""
