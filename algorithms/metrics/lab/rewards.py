"""What each metric rewards, in a sentence, and which metrics cannot disagree."""

from __future__ import annotations

from collections.abc import Mapping

from algorithms.messages import Message

REWARDS: Mapping[str, tuple[Message, ...]] = {
    "mae": (Message("MAE counts each error by its size: many small ones add up."),),
    "rmse": (Message("RMSE squares each error: a single large one outweighs many small ones."),),
    "mse": (Message("MSE squares each error: a single large one outweighs many small ones."),),
    "r2": (Message("R² is 1 less the squared errors over the spread of the labels."),),
    "spearman": (Message("Spearman's correlation looks at the order alone, never at the size."),),
    "kendall": (Message("Kendall's correlation counts the pairs that are in the right order."),),
    "accuracy": (Message("Accuracy counts right answers, a right no like a right yes."),),
    "balanced_accuracy": (
        Message("Balanced accuracy gives what happened and what did not the same weight."),
    ),
    "precision": (Message("Precision looks at the yes answers only, and punishes a wrong one."),),
    "recall": (Message("Recall looks at what happened only: a wrong yes costs nothing."),),
    "specificity": (
        Message("Specificity looks at what did not happen only: a missed event costs nothing."),
    ),
    "f1": (Message("F1 looks at hits, wrong yes answers and misses; a right no counts nothing."),),
    "auc": (Message("AUC needs no threshold: it counts the pairs in the right order."),),
    "gauc": (
        Message("GAUC compares each user's rows among themselves, never one user with another."),
    ),
    "average_precision": (
        Message("Average precision looks at the top of the order: an early mistake costs most."),
    ),
    "log_loss": (Message("Log loss punishes a confident mistake without bound."),),
    "brier": (Message("The Brier score squares how far each probability is from what happened."),),
    "ece": (
        Message(
            "Calibration error compares averages within bins: it does not see who is above whom."
        ),
    ),
    "precision_at": (
        Message("Precision at k counts the hits in the first k places, wherever they stand."),
    ),
    "recall_at": (
        Message("Recall at k counts the hits in the first k places, over all relevant items."),
    ),
    "f1_at": (Message("F1 at k counts the hits in the first k places, wherever they stand."),),
    "hit_rate": (Message("Hit rate asks only whether the first k places hold any hit."),),
    "ndcg": (Message("NDCG counts each hit, and counts it more the nearer it is to the top."),),
    "ndcg_graded": (
        Message("Graded NDCG counts each hit by its grade, and more the nearer it is to the top."),
    ),
    "map": (Message("Average precision counts each hit by the precision at its place."),),
    "mrr": (Message("Reciprocal rank looks at the first hit only: what follows counts nothing."),),
    "r_precision": (
        Message("R-precision counts the hits in the first R places, one for each relevant item."),
    ),
    "auc_at": (
        Message("AUC over candidates counts every pair of a relevant and another item alike."),
    ),
    "item_coverage": (Message("Item coverage counts an item once, however many lists hold it."),),
    "user_coverage": (Message("User coverage asks only whether a user's list holds anything."),),
    "novelty": (
        Message("Novelty adds bits: an item that hardly anybody met weighs far more than others."),
    ),
    "diversity": (
        Message("Diversity compares the items within a list, never one user's list with another."),
    ),
    "popularity_bias": (
        Message("Popularity averages shares of users: the best sellers in the lists decide it."),
    ),
    "gini": (Message("Gini looks at how evenly the places are shared out, whoever gets them."),),
    "miscalibration": (
        Message("Miscalibration asks for the categories a user met before, in the same shares."),
    ),
    "serendipity": (
        Message("Serendipity counts only hits that a list of best sellers would not have shown."),
    ),
}

_SQUARES = (
    "{metric_a} and {metric_b} cannot disagree: on the same rows both follow the sum of the "
    "squared errors, and the smaller it is, the better are both."
)
_HITS = (
    "{metric_a} and {metric_b} cannot disagree on one user: for the same user and k both follow "
    "the number of hits in the first k places. Averaged over users with different numbers of "
    "relevant items they can."
)
_ANY_HIT = (
    "{metric_a} and {metric_b} cannot disagree on one user: hit rate prefers a list only where "
    "the other has no hit in the first k places, and there the other metric is lowest, too."
)
_BY_HITS = (
    "precision_at",
    "recall_at",
    "f1_at",
    "ndcg",
    "ndcg_graded",
    "map",
    "mrr",
    "auc_at",
    "r_precision",
)

ALIKE: tuple[tuple[frozenset[str], str], ...] = (
    (frozenset({"mse", "rmse", "r2"}), _SQUARES),
    (frozenset({"precision_at", "recall_at", "f1_at"}), _HITS),
    *((frozenset({"hit_rate", key}), _ANY_HIT) for key in _BY_HITS),
)
