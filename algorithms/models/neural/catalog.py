"""The networks, in the order in which a person meets them: from nothing shared to everything."""

from __future__ import annotations

from algorithms.models.base import Recommender
from algorithms.models.neural.aitm import Aitm
from algorithms.models.neural.autoint import AutoInt
from algorithms.models.neural.cross_stitch import CrossStitch
from algorithms.models.neural.escm2 import Escm2
from algorithms.models.neural.esmm import Esmm
from algorithms.models.neural.gradient_factors import GradientFactors
from algorithms.models.neural.mmoe import Mmoe
from algorithms.models.neural.multi_input import MultiInput
from algorithms.models.neural.multitask_cnn import MultitaskCnn
from algorithms.models.neural.multitask_rnn import MultitaskRnn
from algorithms.models.neural.naive_cvr import NaiveCvr
from algorithms.models.neural.ple import Ple
from algorithms.models.neural.sasrec_multitask import SasrecMultitask
from algorithms.models.neural.shared_bottom import SharedBottom
from algorithms.models.neural.single_task import SingleTask

NETWORKS: dict[str, type[Recommender]] = {
    SingleTask.key: SingleTask,
    GradientFactors.key: GradientFactors,
    SharedBottom.key: SharedBottom,
    MultiInput.key: MultiInput,
    Mmoe.key: Mmoe,
    Ple.key: Ple,
    CrossStitch.key: CrossStitch,
    NaiveCvr.key: NaiveCvr,
    Esmm.key: Esmm,
    Escm2.key: Escm2,
    Aitm.key: Aitm,
    MultitaskRnn.key: MultitaskRnn,
    MultitaskCnn.key: MultitaskCnn,
    SasrecMultitask.key: SasrecMultitask,
    AutoInt.key: AutoInt,
}
