"""Search: many runs over weights and parameters, and the Pareto front between tasks."""
