"""Floors and caps: the shares of a task count in the blend within bounds only.

    p_t(u, i) = min(max(p_t(u, i), floor), cap)

A floor keeps a task from sinking an item it dislikes; a cap keeps it from lifting an item far
above others that are good enough for it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from algorithms.arrays import FloatArray
from algorithms.rules.candidates import Candidates
from algorithms.rules.checks import UsableRule
from algorithms.rules.rule_types import CountWithin
from algorithms.rules.stages import segment


def bounded_shares(rules: Sequence[UsableRule], candidates: Candidates) -> Mapping[str, FloatArray]:
    """Return the shares (m, k) of each task as they count in the blend; NaN stays NaN."""
    found = dict(candidates.shares)
    for usable in rules:
        rule = usable.rule
        if isinstance(rule, CountWithin) and rule.task in found:
            share = found[rule.task]
            bounded = np.minimum(np.maximum(share, rule.floor), rule.cap)
            bounded = np.maximum(bounded, np.finfo(np.float64).tiny)  # a product is above 0
            found[rule.task] = np.where(segment(usable, candidates)[:, None], bounded, share)
    return found
