"""A pass of the shared-bottom network beside a pass of torch-rechub's, on the same events.

Both have vectors of 16 per field, a trunk of 64 and 32 units, heads of 16, batches of 1024, Adam,
one thread, and look at validation after each pass. Differences that remain: torch-rechub knows no
missing labels (here they are 0 for it, which costs it nothing), ours also gives numbers a vector,
adds the product of user and item, and takes each task's gradients on every ninth step or so for its
record. Seconds are the processor's, so that what else the machine does counts little. Without
torch-rechub a plain PyTorch loop over a ``DataLoader`` stands in, as tutorials
write it.
"""

from __future__ import annotations

import contextlib
import io
import sys
import tempfile
import time
from typing import Any

import numpy as np

from algorithms.models.neural.events import Examples, make_examples
from algorithms.models.neural.fields import Side
from algorithms.models.neural.shared_bottom import SharedBottom
from algorithms.tasks import TaskKind
from benchmarks.networks import WORLD, fit, n_passes, split_log
from sample_data import load_world, world_tasks

N_PASSES, N_REPEATS = 3, 3
DIMENSION, TRUNK, HEAD, BATCH = 16, [64, 32], 16, 1024


def compare_passes(folder: str | None) -> None:
    """Print the best of a few fits of a few passes, and the ratio."""
    import torch

    torch.set_num_threads(1)
    if folder is not None:
        sys.path.insert(0, folder)
    tasks = world_tasks(WORLD)
    split = split_log(load_world(WORLD), 1)
    ours = SharedBottom.from_values({"n_epochs": N_PASSES, "patience": N_PASSES})
    fit(ours, split, tasks, seed=1)
    parts = [
        make_examples(part, ours.tasks, ours._scales, ours._inputs.context, ours._histories)
        for part in (split.train, split.validation)
    ]
    sides = ours._inputs.users, ours._inputs.items
    peer_columns = [columns(part, sides) for part in parts]
    is_binary = [task.kind is TaskKind.BINARY for task in tasks]
    name, run_peer = find_peer(peer_columns, parts, is_binary)
    seconds: dict[str, list[float]] = {"ours": [], name: []}
    for _ in range(N_REPEATS):  # one after the other, so that both meet the same load
        start = time.process_time()
        fit(ours, split, tasks, seed=1)
        seconds["ours"].append((time.process_time() - start) / n_passes(ours))
        start = time.process_time()
        run_peer()
        seconds[name].append((time.process_time() - start) / N_PASSES)
    print(f"{len(parts[0]):,} events of training, {BATCH} in a batch, seconds of the processor")
    for who, took in seconds.items():
        print(f"{who:<24}{min(took):>8.2f} s a pass  (all: {', '.join(f'{t:.2f}' for t in took)})")
    print(f"ours / {name}: {min(seconds['ours']) / min(seconds[name]):.2f}")


def columns(examples: Examples, sides: tuple[Side, Side]) -> dict[str, Any]:
    """Return the fields of events as a column each: codes of texts and ids, numbers as they are."""
    found: dict[str, Any] = {}
    for side, rows in zip(sides, (examples.users, examples.items), strict=True):
        for field, name in enumerate(side.names):
            values = side.values.get(name)
            if values is not None and values.dtype.kind in "biuf":
                found[f"{side.names[0]} {name}"] = side.scale[rows, field]
            else:
                first = int(side.index[:, field].min())
                found[f"{side.names[0]} {name}"] = side.index[rows, field] - first
    return found


def find_peer(
    parts: list[dict[str, Any]], examples: list[Examples], is_binary: list[bool]
) -> tuple[str, Any]:
    """Return the peer's name, and a function that makes its passes."""
    try:
        import torch_rechub  # noqa: F401
    except ImportError:
        return "plain PyTorch loop", lambda: plain_loop(parts, examples, is_binary)
    return "torch-rechub", lambda: rechub(parts, examples, is_binary)


def _n_values(parts: list[dict[str, Any]], name: str) -> int:
    return 1 + max(int(part[name].max()) for part in parts)


def _is_number(values: Any) -> bool:
    return bool(values.dtype.kind == "f")


def rechub(parts: list[dict[str, Any]], examples: list[Examples], is_binary: list[bool]) -> None:
    """Let torch-rechub's trainer make the passes."""
    from torch_rechub.basic.features import DenseFeature, SparseFeature
    from torch_rechub.models.multi_task import SharedBottom as Peer
    from torch_rechub.trainers import MTLTrainer
    from torch_rechub.utils.data import DataGenerator

    features = [
        DenseFeature(name)
        if _is_number(values)
        else SparseFeature(name, _n_values(parts, name), embed_dim=DIMENSION)
        for name, values in parts[0].items()
    ]
    kinds = ["classification" if binary else "regression" for binary in is_binary]
    model = Peer(features, kinds, {"dims": TRUNK, "dropout": 0.1}, [{"dims": [HEAD]}] * len(kinds))
    loader, *_ = DataGenerator(parts[0], examples[0].labels).generate_dataloader(batch_size=BATCH)
    watched, *_ = DataGenerator(parts[1], examples[1].labels).generate_dataloader(batch_size=8192)
    quiet = io.StringIO()
    with (
        tempfile.TemporaryDirectory() as folder,
        contextlib.redirect_stdout(quiet),
        contextlib.redirect_stderr(quiet),
    ):
        trainer = MTLTrainer(model, kinds, n_epoch=N_PASSES, model_path=folder)
        trainer.fit(loader, watched)


def plain_loop(
    parts: list[dict[str, Any]], examples: list[Examples], is_binary: list[bool]
) -> None:
    """Make the passes as a tutorial would: a module, a data loader, a loop."""
    import torch
    from torch import nn
    from torch.utils.data import DataLoader, TensorDataset

    codes = [name for name, values in parts[0].items() if not _is_number(values)]
    numbers = [name for name, values in parts[0].items() if _is_number(values)]

    class Plain(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.tables = nn.ModuleList(
                nn.Embedding(_n_values(parts, name), DIMENSION) for name in codes
            )
            n_in = DIMENSION * len(codes) + len(numbers)
            self.trunk = nn.Sequential(
                nn.Linear(n_in, TRUNK[0]), nn.ReLU(), nn.Dropout(0.1),
                nn.Linear(TRUNK[0], TRUNK[1]), nn.ReLU(), nn.Dropout(0.1),
            )  # fmt: skip
            self.heads = nn.ModuleList(
                nn.Sequential(nn.Linear(TRUNK[1], HEAD), nn.ReLU(), nn.Linear(HEAD, 1))
                for _ in is_binary
            )

        def forward(self, code: Any, number: Any) -> Any:
            x = torch.cat([table(code[:, n]) for n, table in enumerate(self.tables)], dim=1)
            h = self.trunk(torch.cat([x, number], dim=1))
            return torch.cat([one(h) for one in self.heads], dim=1)

    sets = [
        TensorDataset(
            torch.from_numpy(np.stack([part[name] for name in codes], axis=1).astype(np.int64)),
            torch.from_numpy(np.stack([part[name] for name in numbers], axis=1)),
            torch.from_numpy(of.labels),
            torch.from_numpy(of.mask.astype(np.float32)),
        )
        for part, of in zip(parts, examples, strict=True)
    ]
    model = Plain()
    adam = torch.optim.Adam(model.parameters(), lr=0.003)
    cross = nn.BCEWithLogitsLoss(reduction="none")
    square = nn.MSELoss(reduction="none")

    def loss_of(batch: list[Any]) -> Any:
        code, number, labels, mask = batch
        z = model(code, number)
        each = [
            (cross if binary else square)(z[:, t], labels[:, t]) * mask[:, t]
            for t, binary in enumerate(is_binary)
        ]
        return sum(one.sum() / mask[:, t].sum().clamp(min=1) for t, one in enumerate(each))

    for _ in range(N_PASSES):
        model.train()
        for batch in DataLoader(sets[0], batch_size=BATCH, shuffle=True):
            adam.zero_grad()
            loss_of(batch).backward()
            adam.step()
        model.eval()
        with torch.no_grad():
            for batch in DataLoader(sets[1], batch_size=8192):
                loss_of(batch)
