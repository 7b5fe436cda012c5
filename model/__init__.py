"""The world they act in: scenarios, parameters, state, the order of stages, and the two drivers."""
