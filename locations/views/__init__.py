"""Pages of people and places: parse, one call of the domain, render."""
