"""Bringing files: what a person named, and what is proposed for the rest."""

from mtrec_gui.bringing import Naming, plan_files


def test_columns_named_keep_a_known_layout(tmp_path):
    """What a person says of one column leaves the others as the layout has them."""
    rows = "".join(
        f"{u}\t{i}\t{1 + (u + i) % 5}\t88125{u}9{i}\n" for u in range(1, 5) for i in range(1, 5)
    )
    (tmp_path / "u.data").write_text(rows, "utf-8")
    plan = plan_files([tmp_path / "u.data"], Naming.of({"item_kind": "film"}, {}))
    assert plan.layout == "MovieLens 100k"
    columns = plan.parts[0].columns
    assert columns.item_kind == "film"
    assert columns.labels == ("rating",)
