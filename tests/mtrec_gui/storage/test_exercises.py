"""What was solved in the Metric Lab is kept in the project."""

from __future__ import annotations

from mtrec_gui.storage import Project


def test_solved_exercises_come_back_once(project: Project) -> None:
    assert project.solved_exercises() == ()
    project.add_solved_exercises(["mae.value", "f1.change"])
    project.add_solved_exercises(["f1.change", "ndcg.double_k"])
    path = project.path
    project.close()
    with Project.open(path) as again:
        assert again.solved_exercises() == ("f1.change", "mae.value", "ndcg.double_k")
