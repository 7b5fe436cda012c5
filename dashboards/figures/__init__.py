"""Figures: pure functions from tables to Plotly figures, shared by the command line, notebooks and pages."""
