"""Pages whose numbers come from runs: what is run for each, and how it is written."""
