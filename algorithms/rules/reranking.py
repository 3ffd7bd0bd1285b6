"""Re-rank: the pages of many users by one rule set.

The same as ``apply.apply_rules`` gives for each of them, without the trace, a block of users at
a time, so that a block stays in the processor's cache.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from algorithms.arrays import FloatArray, IntArray
from algorithms.rules.candidates import Candidates
from algorithms.rules.checks import usable_rules
from algorithms.rules.conditions import Fields
from algorithms.rules.filling import Relaxed, fill_pages
from algorithms.rules.page_rules import ready_rules
from algorithms.rules.rule_set import RuleSet
from algorithms.rules.stages import ruled_scores

_AT_A_TIME = 2**17  # scores of a block: a megabyte


@dataclass(frozen=True, eq=False)
class Pages:
    """The pages of m users.

    Parameters
    ----------
    columns : (m, n) positions among the candidates, from the first place down; -1 for none
    scores : (m, n) after the rules, NaN for none
    relaxed : where a rule was not followed, and which rules stood against it
    """

    columns: IntArray
    scores: FloatArray
    relaxed: tuple[Relaxed, ...]


def rerank(
    rule_set: RuleSet, candidates: Candidates, n: int, fields: Fields | None = None
) -> Pages:
    """Compose the pages of many users.

    Parameters
    ----------
    rule_set : the rules; its blend is already in ``candidates.scores``
    candidates : of m users; items of score NaN take no part
    n : length of the pages
    fields : what conditions may ask (see ``conditions.fields_of``)
    """
    rules = usable_rules(rule_set, candidates.tasks, candidates.kinds, fields)
    m, k = candidates.scores.shape
    columns = np.full((m, n), -1, dtype=np.int64)
    scores = np.full((m, n), np.nan)
    relaxed: list[Relaxed] = []
    step = max(1, _AT_A_TIME // max(1, k))
    for start in range(0, m, step):
        block = candidates.of_users(slice(start, start + step))
        ruled = ruled_scores(rules, block)  # (b, k)
        filled = fill_pages(ruled, ready_rules(rules, block, ruled), n)
        columns[start : start + step] = filled.columns
        found = filled.columns >= 0
        picked = np.take_along_axis(ruled, np.maximum(filled.columns, 0), axis=1) if k else ruled
        scores[start : start + step][found] = picked[found]
        relaxed += [
            Relaxed(start + each.row, each.number, each.place, each.against)
            for each in filled.relaxed
        ]
    return Pages(columns, scores, tuple(relaxed))
