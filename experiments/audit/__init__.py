"""Whether every lever, mechanism and parameter acts."""
