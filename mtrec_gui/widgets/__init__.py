"""The controls that every page is made of; one control, one small file."""
