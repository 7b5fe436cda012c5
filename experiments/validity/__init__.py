"""The validity card: published patterns as checks that anyone can run, passes and misses side by side."""
