r"""Why a blend gives an item its score: what each task says, and which rules touched it.

A weighted sum adds up as it is. A product adds up in logarithms,

.. math::
    \log s = \sum_t w_t \log p_t + \sum_r \log f_r

so that the parts are 0 for the best item of a task and below 0 for all others: the part furthest
below holds the item back most.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from algorithms.explanations import Contribution, EvidenceKind, Explanation, strongest_first
from algorithms.messages import Message
from algorithms.rules import (
    BlendMethod,
    Candidates,
    UsableRule,
    blend_parts,
    bounded_shares,
    places,
    reasons,
    score_stages,
    shares,
)
from algorithms.tasks import Task


def explain_blend(
    task: Task,
    user: int,
    item: int,
    *,
    column: int | None,
    candidates: Candidates,
    powers: Mapping[str, float],
    method: BlendMethod,
    rules: Sequence[UsableRule],
) -> Explanation:
    """Explain the score of one item.

    Parameters
    ----------
    task, user, item : whose ranking, for whom, of what
    column : where the item stands among the candidates; None where it is none
    candidates : of this user alone (m = 1), with blended scores before the rules
    powers : of the tasks in the blend
    method : how they are combined
    rules : those that apply

    Returns
    -------
    explanation : for a product on the logarithmic scale; where a rule drops the item the score
        is 0 and no sum of its parts
    """
    if column is None or np.isnan(candidates.scores[0, column]):
        sentence = Message(
            "Nothing can be said: neither “{task}” nor a task blended with it has a score for "
            "this item and user.",
            {"task": task.name},
        )
        return Explanation(task.name, user, item, float("nan"), sentence)
    is_product = method is BlendMethod.PRODUCT
    parts = [
        Contribution(float(part[0, column]), EvidenceKind.TASK_SCORE, name)
        for name, part in blend_parts(bounded_shares(rules, candidates), powers, method).items()
    ]
    score = float(candidates.scores[0, column])
    for stage in score_stages(rules, candidates):
        if not stage.touched[0, column]:
            continue
        before, score = score, float(stage.scores[0, column])
        if reasons.drops(stage.rule):
            said = reasons.dropped(stage.number, stage.rule)
            return Explanation(
                task.name, user, item, score, said, strongest_first(parts), additive=False
            )
        category = str(candidates.categories[candidates.category_codes[column]])
        parts.append(
            Contribution(
                float(np.log(score / before)) if is_product else score - before,
                EvidenceKind.RULE,
                getattr(stage.rule, "task", None),
                message=reasons.changed(stage.number, stage.rule, category, score / before),
            )
        )
    return Explanation(
        task.name,
        user,
        item,
        float(np.log(score)) if is_product else score,
        _standing(task, powers, candidates, column),
        strongest_first(parts),
        remarks=(_on_logarithmic_scale(score),) if is_product else (),
    )


def _on_logarithmic_scale(score: float) -> Message:
    return Message(
        "The parts are logarithms, because the scores are multiplied: they sum to "
        "{logarithm:.3f}, the logarithm of the score {score:.3f}.",
        {"logarithm": float(np.log(score)), "score": score},
    )


def _standing(
    task: Task, powers: Mapping[str, float], candidates: Candidates, column: int
) -> Message:
    """Say where the task alone puts an item, and where the blend does, before the rules."""
    values: dict[str, str | int | float] = {
        "task": task.name,
        "n": len(candidates.items),
        "kind": task.item_kind,
        "together": float(places(shares(candidates.scores))[0, column]),
    }
    alone = float(places(candidates.shares[task.name])[0, column])
    if np.isnan(alone):
        return Message(
            "“{task}” cannot score it; the tasks blended with it put it at place {together:.0f} "
            "of {n} items of kind “{kind}”.",
            values,
        )
    values["alone"] = alone
    if len(powers) == 1:
        return Message(
            "“{task}” puts it at place {alone:.0f} of {n} items of kind “{kind}”.", values
        )
    return Message(
        "“{task}” puts it at place {alone:.0f} of {n} items of kind “{kind}”; blended with the "
        "other tasks it comes to place {together:.0f}.",
        values,
    )
