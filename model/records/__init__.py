"""The opening records of a run, one module for each kind of thing that a case describes."""
