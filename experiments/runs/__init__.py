"""Running a case: one run, many runs, what is recorded of them, and what they are computed from."""
