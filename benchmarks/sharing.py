"""What sharing buys on a sample world, over several seeds: ``python -m benchmarks.sharing``.

Runs the default comparison in this process for each seed, and prints the mean of each task's
main metric over the seeds, the standard deviation, and the gains over the single-task twin.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print."""
    from algorithms.evaluation import compare, default_experiment, run
    from sample_data import load_world, world_tasks

    parser = argparse.ArgumentParser(prog="python -m benchmarks.sharing", description=__doc__)
    parser.add_argument("--world", default="ecommerce")
    parser.add_argument("--seeds", type=int, nargs="+", default=[1, 2, 3, 4, 5])
    options = parser.parse_args(arguments)
    log, tasks = load_world(options.world), world_tasks(options.world)
    experiment = default_experiment(log, tasks).model_copy(update={"seeds": tuple(options.seeds)})
    comparison = compare([run(spec, log) for spec in experiment.run_specs()], tasks)
    heads = [f"{column.task} {column.title}" for column in comparison.columns]
    print(f"{'':18}" + "".join(f"{head:>22}" for head in heads))
    for row, cells in zip(comparison.rows, comparison.cells, strict=True):
        values = [
            "–" if cell is None else f"{cell.value:.4f} ± {cell.spread:.4f}" for cell in cells
        ]
        print(f"{row.title:18}" + "".join(f"{value:>22}" for value in values))
    for sentence in comparison.sentences():
        print(sentence)
    return 0


if __name__ == "__main__":
    sys.exit(main())
