"""Asking the model questions: single runs, ensembles, comparisons and the command line."""
