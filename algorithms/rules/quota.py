"""Fill a page from the top so that every quota holds in every window of places.

A quota says: at most *a* items of a kind in any *w* neighbouring places. The page is filled
greedily: each place takes the best item left whose kind has fewer than *a* items in the *w - 1*
places before. Every window ends somewhere, and when its last item of the kind was placed there
was still room, so the quota holds in all of them. A kind that may not come yet waits; where
nothing else is left, the page ends.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from algorithms.arrays import IntArray
from algorithms.rules.rule_set import Quota


def fill_places(
    order: IntArray, kind_codes: IntArray, quotas: Sequence[tuple[int, Quota]]
) -> IntArray:
    """Return the candidates in the order of the page; those that found no place are left out.

    Parameters
    ----------
    order : (n,) candidates, best first
    kind_codes : the kind of each candidate
    quotas : pairs of a kind code and its quota; a kind may have several

    Returns
    -------
    placed : (at most n,) the same candidates in their new order
    """
    if not quotas:
        return order
    limits = {code: [quota for kind, quota in quotas if kind == code] for code, _ in quotas}
    queues = {
        int(code): np.flatnonzero(kind_codes[order] == code).tolist()[::-1]
        for code in np.unique(kind_codes[order])
    }  # positions in ``order``, the best at the end
    taken: dict[int, list[int]] = {code: [] for code in limits}  # places that a kind holds
    placed: list[int] = []
    while True:
        place = len(placed)
        allowed = [
            code
            for code, queue in queues.items()
            if queue and _has_room(taken.get(code, []), limits.get(code, []), place)
        ]
        if not allowed:
            return order[placed]
        code = min(allowed, key=lambda kind: queues[kind][-1])
        placed.append(queues[code].pop())
        if code in taken:
            taken[code].append(place)


def _has_room(taken: Sequence[int], quotas: Sequence[Quota], place: int) -> bool:
    for quota in quotas:
        if quota.at_most == 0:
            return False
        # the item that is ``at_most`` before the new one must have left the window
        if len(taken) >= quota.at_most and taken[-quota.at_most] > place - quota.in_places:
            return False
    return True
