"""The science of the lab: data, tasks, models, rules, metrics and their evaluation.

Nothing in this package knows of windows, databases or plots, so all of it can be used
from a notebook. Read it in the order of its layers: ``data``, ``tasks``, ``models``,
``rules``, ``metrics``, ``explanations``, ``evaluation``.
"""
