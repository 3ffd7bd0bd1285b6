"""Plots: functions that draw a value on matplotlib axes, free of Qt."""
