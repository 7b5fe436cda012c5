"""Who acts: parties, factions, mediators and spoilers, and the rules each of them follows."""
