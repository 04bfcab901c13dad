"""How each language writes days, times and numbers, where Django's own way is not the console's."""
