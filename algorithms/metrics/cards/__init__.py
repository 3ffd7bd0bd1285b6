"""One card per metric, as TOML: what it means and what people get wrong."""
