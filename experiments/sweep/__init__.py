"""Designs carried out on disk: planned, cut into chunks, computed anywhere, resumed, read again."""
