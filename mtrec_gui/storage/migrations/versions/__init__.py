"""The changes, oldest first; the revision is the format number of the file."""
