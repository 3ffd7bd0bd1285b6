"""How project files came to be what they are: one module for each change of the tables."""
