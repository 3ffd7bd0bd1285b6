"""The pages of the window: each a view, a presenter without Qt, and its state."""
