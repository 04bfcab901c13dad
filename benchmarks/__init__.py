"""How fast the product is, side by side with the limit of its machine: `make bench`."""
