"""Two invented organizations for `load_demo`: names, plans, and how they come to life."""
