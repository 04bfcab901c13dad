"""Members from a CSV: what its lines say, what that would change, and the change itself."""
