"""Pooled inference: what all conflicts share, fitted once over many of them from one table of simulations."""
