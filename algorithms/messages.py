"""Sentences that the engine has to say, kept as a template and its values.

The engine never decides in which language a person reads. It hands over the English
template and the values; whoever shows the sentence may look the template up in a
translation first. Errors, explanations and footnotes all use this one form.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

MessageValue = str | int | float


@dataclass(frozen=True, slots=True)
class Message:
    """A sentence: an English ``template`` in ``str.format`` syntax and its ``values``."""

    template: str
    values: Mapping[str, MessageValue] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.template.format(**self.values)
