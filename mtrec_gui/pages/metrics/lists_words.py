"""How the items of several users' lists are written, in a few signs."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from PySide6.QtCore import QCoreApplication

from algorithms.metrics.lab import NOTHING, ItemFacts, UserLists

BY_HISTORY, BY_RELEVANCE = ("miscalibration",), ("serendipity",)  # look at more than the lists
_SIGNS = "●▲■◆"


def tr(text: str) -> str:
    """Return a text in the language of the window."""
    return QCoreApplication.translate("ListsWords", text)


def category_sign(facts: ItemFacts, item: int) -> str:
    """Return the sign of an item's category; none for an item without one."""
    place = facts.category_numbers[item]
    return _SIGNS[place % len(_SIGNS)] if place >= 0 else ""


def item_text(example: UserLists, user: int, item: int, marks_relevant: bool) -> str:
    """Return an item with its category and, where wanted, a mark if it is relevant for the user."""
    if item == NOTHING:
        return "–"
    mark = "✓" if marks_relevant and item in example.relevant[user] else ""
    words = (example.items.names[item], category_sign(example.items, item), mark)
    return " ".join(word for word in words if word)


def items_text(facts: ItemFacts, items: Iterable[int]) -> str:
    """Return items with their categories, separated by commas."""
    texts = [f"{facts.names[item]} {category_sign(facts, item)}".strip() for item in items]
    return ", ".join(texts) or "–"


def user_remark(example: UserLists, user: int, metrics: Collection[str]) -> str:
    """Return what some metrics look at beside a user's list; nothing where it is the list alone."""
    facts, parts = example.items, []
    if any(key in BY_HISTORY for key in metrics):
        parts.append(tr("met before: {items}").format(items=items_text(facts, example.met[user])))
    if any(key in BY_RELEVANCE for key in metrics):
        sold = [item for item in range(len(facts)) if _sells(example, user, item)]
        relevant = items_text(facts, example.relevant[user])
        parts.append(tr("relevant: {items}").format(items=relevant))
        parts.append(tr("best sellers: {items}").format(items=items_text(facts, sold)))
    return " · ".join(parts)


def _sells(example: UserLists, user: int, item: int) -> bool:
    """Return whether a list of best sellers that are new to the user would show an item."""
    return item not in example.met[user] and example.is_expected(user, item)
