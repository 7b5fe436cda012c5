"""Files that are written, figures that are looked up, the bibliography."""
