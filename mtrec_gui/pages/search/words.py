"""How the page calls a model as it is set, and what is kept of earlier work."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from mtrec_gui.model_shelf import MODELS, differing_values
from mtrec_gui.widgets.config_form import field_title
from mtrec_gui.wording import engine_text


def model_words(key: str, config: Mapping[str, Any]) -> str:
    """Return a model's title, and what sets it apart from the model as it comes."""
    if key not in MODELS:
        return key
    model = MODELS[key]
    settings = [
        f"{field_title(name)} {f'{value:g}' if isinstance(value, float) else value}"
        for name, value in differing_values(model, config).items()
    ]
    return " · ".join([engine_text(model.title), *settings])


def moment(time: datetime) -> str:
    """Return when something was, to the minute, as this machine's clock has it."""
    return f"{time.astimezone():%Y-%m-%d %H:%M}"
