"""What happens when a loss or a gradient is no number.

One step with it, and every weight it touches is no number either. So the step is not made. In the
first pass there is nothing worth keeping, and the fit fails; later, learning stops, and the best
weights of the passes before are kept. Either way a sentence says what it was, whose, and when.
"""

from __future__ import annotations

from algorithms.errors import FitError
from algorithms.messages import Message, MessageValue

LOSS, GRADIENT = "loss", "gradient"


class NotFiniteError(Exception):
    """A loss or a gradient is infinite, or no number at all; the step was not made.

    Parameters
    ----------
    what : ``LOSS``, ``GRADIENT``, or another name, such as that of a player's loss
    step : from 1
    task : whose it is; None where it is nobody's alone
    """

    def __init__(self, what: str, step: int, task: str | None = None) -> None:
        super().__init__(what, step, task)
        self.what, self.step, self.task = what, step, task

    def fit_error(self, model: str, remedy: str = "Choose a smaller learning rate.") -> FitError:
        """Return the error of a fit that ends in its first pass; ``model`` begins the sentence."""
        of_task = "" if self.task is None else f" of “{self.task}”"
        return FitError(
            model=model,
            reason=f"the {self.what}{of_task} is no number at step {self.step}",
            remedy=remedy,
        )

    def note(self, number: int) -> Message:
        """Return what is to be said of a fit that stopped in a later pass, counted from 1."""
        values: dict[str, MessageValue] = {"what": self.what, "step": self.step, "number": number}
        if self.task is None:
            return Message(
                "The {what} was no number at step {step}; learning stopped in pass {number}, and "
                "the best weights of the passes before were kept.",
                values,
            )
        return Message(
            "The {what} of “{task}” was no number at step {step}; learning stopped in pass "
            "{number}, and the best weights of the passes before were kept.",
            {**values, "task": self.task},
        )
