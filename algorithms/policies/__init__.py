"""Policies: who decides how much each task counts, for whom, and what came of it."""
