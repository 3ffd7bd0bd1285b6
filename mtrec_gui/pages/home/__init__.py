"""Home: sample worlds, recent projects, files of one's own."""
