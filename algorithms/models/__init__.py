"""Recommenders: one module for each kind, and a catalog of all that exist.

Import the base class from ``algorithms.models.base`` and look models up in
``algorithms.models.catalog``; neither loads a heavy library.
"""
