"""What pages of the manual take from the code: one module for each kind of page, drawn together by ``generate.py``."""
