"""Balancing: how much each task counts at each step, where several tasks pull at shared weights."""

from algorithms.balancing.record import TrainingRecord

__all__ = ["TrainingRecord"]
