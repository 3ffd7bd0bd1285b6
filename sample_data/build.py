"""Write the CSV files of the sample worlds again: ``python -m sample_data.build``."""

from __future__ import annotations

from sample_data import WORLDS
from sample_data.files import as_csv
from sample_data.simulator import simulate
from sample_data.spec import read_spec


def main() -> None:
    """Simulate every world and write its tables beside its parameters."""
    for world in WORLDS.values():
        simulation = simulate(read_spec(world.file))
        for name, content in as_csv(simulation.log).items():
            path = world.file.with_name(name)
            path.write_bytes(content)
            print(f"{path}  {len(content) / 1e6:.2f} MB")


if __name__ == "__main__":
    main()
