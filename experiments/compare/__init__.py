"""Setting runs beside each other under the same luck: policies, lessons, theories, conditions."""
