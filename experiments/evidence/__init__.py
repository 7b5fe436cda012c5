"""The model held against observed series: moments, hindcasts scored against null models, and decisions scored."""
