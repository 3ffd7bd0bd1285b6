import json
from dataclasses import fields

import numpy as np

from algorithms.explanations import Bars, Exhibit, HeatMap, Lines, Points, Table
from algorithms.explanations.exhibit_state import exhibits_from_state, exhibits_to_state
from algorithms.messages import Message

SAID = Message("{n} things", {"n": 2})
HEAD = {"title": SAID, "sentence": Message("Look.")}
EXHIBITS: tuple[Exhibit, ...] = (
    Lines(
        key="a", x_label=SAID, y_label=SAID, x=np.arange(3.0),
        series={"array": np.array([1, np.nan, 2]), "ü": np.ones(3)},
        reference={"chance": 0.5}, **HEAD,
    ),
    Lines(key="b", x_label=SAID, y_label=SAID, x=np.arange(0.0), series={}, **HEAD),
    Bars(key="c", value_label=SAID, names=("x", "y"), values=np.ones(2), spread=None, **HEAD),
    HeatMap(
        key="d", row_names=("r",), column_names=("c",), values=np.zeros((1, 1)), centre=0.0, **HEAD
    ),
    Points(
        key="e", x_label=SAID, y_label=SAID, names=("p",), x=np.ones(1), y=np.ones(1),
        marked=np.array([True]), **HEAD,
    ),
    Table(key="f", columns=(SAID, SAID), rows=(("one", 1.5), (SAID, 2.0)), **HEAD),
)  # fmt: skip


def test_every_form_comes_back_as_it_was() -> None:
    arrays, values = exhibits_to_state(EXHIBITS)
    again = exhibits_from_state(arrays, json.loads(json.dumps(values, allow_nan=False)))
    assert [type(each) for each in again] == [type(each) for each in EXHIBITS]
    for before, after in zip(EXHIBITS, again, strict=True):
        for field in fields(before):
            assert repr(getattr(before, field.name)) == repr(getattr(after, field.name))
