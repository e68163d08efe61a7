"""The servers that a checkout starts for itself, and the runner behind `make run`."""
