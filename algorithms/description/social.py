r"""Who follows whom: how many links a person has.

Where items are persons, a positive label (followed, trusted) is a link from a user to a person.
The *degree* of a person is the number of links that arrive, that of a user the number that leave.
In most social networks degrees have a long tail, :math:`P(d) \propto d^{-\alpha}`, which is a
straight line where both axes are logarithmic (A.-L. Barabási and R. Albert, "Emergence of scaling
in random networks", Science 286, 1999).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from algorithms.arrays import IndexArray, IntArray
from algorithms.data.log import InteractionLog

PERSON = "person"


@dataclass(frozen=True, eq=False)
class DegreeDistribution:
    """How many have how many links; those without a link are not in it.

    Parameters
    ----------
    n_links : distinct pairs of a user and a person linked
    in_degrees, n_persons : (m,) each number of arriving links, and how many persons have it
    out_degrees, n_users : (k,) each number of leaving links, and how many users have it
    """

    n_links: int
    in_degrees: IntArray
    n_persons: IntArray
    out_degrees: IntArray
    n_users: IntArray


def degree_distribution(
    log: InteractionLog, label: str | None = None, relevant_from: float = 1.0
) -> DegreeDistribution | None:
    """Count links between users and persons.

    Parameters
    ----------
    label : what makes a link, from ``relevant_from`` on; None: any label that is positive

    Returns
    -------
    distribution : None where there is no link, because no item is a person or none is linked
    """
    table = log.item_table
    if PERSON not in table.kinds:
        return None
    is_person = table.kind_codes == table.kinds.index(PERSON)  # (n_items,)
    rows = np.flatnonzero(is_person[log.items])
    if label is None:
        linked = np.zeros(len(rows), dtype=np.bool_)
        for values in log.labels.values():
            linked |= values[rows] > 0
    else:
        linked = log.label(label)[rows] >= relevant_from
    rows = rows[linked]
    if len(rows) == 0:
        return None
    links = np.unique(log.users[rows].astype(np.int64) * log.n_items + log.items[rows])
    users, persons = np.divmod(links, log.n_items)
    return DegreeDistribution(len(links), *_degrees(persons), *_degrees(users))


def _degrees(owners: IndexArray | IntArray) -> tuple[IntArray, IntArray]:
    having = np.bincount(np.bincount(owners))  # [d]: how many have d links
    degrees = np.flatnonzero(having[1:]) + 1
    return degrees, having[degrees]
