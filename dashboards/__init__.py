"""Looking at the model: figures and pages."""
