r"""What an adversary in a network shows: how often it was right, and what a new probe finds.

The discriminator's accuracy is balanced, the mean over domains of the share it got right, so
that always saying the most frequent domain gives 1/K. The probe is a linear classifier that is
fitted on every second example by ridge regression and asked about the others.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from algorithms.arrays import AnyArray, FloatArray, IntArray
from algorithms.balancing.record import TrainingRecord
from algorithms.explanations import Bars, Exhibit, Lines
from algorithms.messages import Message
from algorithms.models.neural.exhibits import smooth

_RIDGE = 1e-2


def adversary_exhibits(
    record: TrainingRecord | None, domains: Sequence[str]
) -> tuple[Exhibit, ...]:
    """Show the discriminator's accuracy and the overlap of shared and private part over time."""
    if record is None or "domain right" not in record.use:
        return ()
    steps = record.steps.astype(np.float64)
    return (
        Lines(
            key="discriminator",
            title=Message("Can it be told which domain this is about?"),
            sentence=Message(
                "How often the discriminator names the domain ({domains}) from the shared part, "
                "every domain counted the same. Near chance the shared part has fooled it; that is "
                "no proof that nothing is left to be found.",
                {"domains": ", ".join(domains)},
            ),
            x_label=Message("step"),
            y_label=Message("share right"),
            x=steps,
            series={"discriminator": smooth(balanced_accuracy(record))},
            reference={"chance": 1.0 / len(domains)},
        ),
        Lines(
            key="overlap",
            title=Message("Do shared and private parts say the same?"),
            sentence=Message(
                "Squared correlations of a private unit with the shared units, summed, mean over "
                "the private units: 0 where the two parts have nothing in common that a line "
                "could show."
            ),
            x_label=Message("step"),
            y_label=Message("overlap"),
            x=steps,
            series={"overlap": smooth(record.use["overlap"])},
        ),
    )


def balanced_accuracy(record: TrainingRecord) -> FloatArray:
    """Return (s,) the discriminator's accuracy at each noted step, domains counted the same."""
    with np.errstate(invalid="ignore", divide="ignore"):
        shares = record.use["domain right"] / record.use["domain"]  # (s, K)
    known = np.isfinite(shares)
    accuracy: FloatArray = np.where(known, shares, 0.0).sum(axis=1) / known.sum(axis=1)
    return accuracy


def probe_exhibit(shared: AnyArray, private: AnyArray, codes: IntArray, n_domains: int) -> Exhibit:
    """Show how well a fresh probe tells the domains (n,) from shared and private part (n, h)."""
    chance = 1.0 / n_domains
    values = [probe_accuracy(part, codes, n_domains) for part in (shared, private)]
    return Bars(
        key="probe",
        title=Message("What a fresh probe finds"),
        sentence=Message(
            "A linear classifier that took no part in the game learns the domain from half of a "
            "sample of training events and is asked about the other half; chance is {chance:.0%}. "
            "What it finds in the shared part is what the discriminator missed.",
            {"chance": chance},
        ),
        value_label=Message("share right, domains counted the same"),
        names=("from the shared part", "from the private part"),
        values=np.array(values),
    )


def probe_accuracy(features: AnyArray, codes: IntArray, n_domains: int) -> float:
    """Return the balanced accuracy of a ridge classifier on every second row, NaN without one.

    Parameters
    ----------
    features : (n, h)
    codes : (n,) domain of each row
    """
    x = np.column_stack([np.asarray(features, dtype=np.float64), np.ones(len(codes))])
    learned, asked = slice(0, None, 2), slice(1, None, 2)
    counts = np.bincount(codes[learned], minlength=n_domains)
    if not (counts > 0).all():
        return float("nan")
    weight = 1.0 / counts[codes[learned]]  # (n/2,) domains count the same
    target = np.eye(n_domains)[codes[learned]]
    xw = x[learned] * weight[:, None]
    coefficients = np.linalg.solve(
        xw.T @ x[learned] + _RIDGE * np.eye(x.shape[1]), xw.T @ target
    )  # (h + 1, K)
    right = (x[asked] @ coefficients).argmax(axis=1) == codes[asked]
    found = np.unique(codes[asked])
    return (
        float(np.mean([right[codes[asked] == k].mean() for k in found])) if len(found) else np.nan
    )
