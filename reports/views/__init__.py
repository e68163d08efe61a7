"""What answers the browser: parse, one call of the domain, render."""
