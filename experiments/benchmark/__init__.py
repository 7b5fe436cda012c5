"""Forecasts of many conflicts, opened at one month after another and scored beside null models."""
