"""The manual as a site of pages: where its sources are, how they are built, how they are opened."""
