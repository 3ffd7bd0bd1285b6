"""The truth of a simulated world: what would happen between any user and any item.

Behind every label stands a level,

    taste · p_u·q_i + quality · g_i + user · l_u - price · r_i - position · ln(place)
    + the gain under each context c + context_taste · v_c·q_i + topic, where the page's is akin,

and a binary label happens, once its parent has happened, with probability σ(b + level / ν); what
ratings and quantities become of their level is told in outcomes.py.

Real data never tells these numbers. Ranking by them is the best that can be done for the user.
What a held-out log rewards is a little different, because it only holds what was shown: there the
best ranking is by the probability of being shown times that of the label once shown.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import product

import numpy as np
from numpy.typing import ArrayLike

from algorithms.arrays import BoolArray, FloatArray, IndexArray, IntArray, sigmoid
from algorithms.errors import ConfigError, UnknownLabelError
from sample_data.exposure import Exposure, log_weight, rest_probability, shown_probability
from sample_data.outcomes import high, mean_value, observed
from sample_data.placing import Placing, placing
from sample_data.population import Items, Users
from sample_data.spec import (
    BinaryLabel,
    ContextSpec,
    QuantityLabel,
    RatingLabel,
    WorldSpec,
    value_text,
)

Label = BinaryLabel | RatingLabel | QuantityLabel
Indices = IntArray | IndexArray


@dataclass(frozen=True, eq=False)
class Circumstances:
    """Under which a user meets an item; every part broadcasts.

    Parameters
    ----------
    log_place : ln(place on the page)
    contexts : position of the value of each context among its values
    akin : whether the page's topic is of the item's category, or how likely that is
    """

    log_place: FloatArray | float = 0.0
    contexts: Mapping[str, IntArray | int] = field(default_factory=dict)
    akin: BoolArray | FloatArray | float = 0.0


@dataclass(frozen=True, eq=False)
class _Shelf:
    """What is shown of one kind.

    Parameters
    ----------
    shown : (n_users, n_items of the kind) probability of having been shown
    chosen : the same; by topic (n_users · n_topics, items of a topic), once the topic is asked for
    centre : (n_users, 1) mean of ln w over what is shown, or (n_users, n_topics)
    placing : how a lead over that becomes a place
    """

    shown: FloatArray
    chosen: FloatArray
    centre: FloatArray
    placing: Placing


@dataclass(frozen=True, eq=False)
class Truth:
    """Probabilities and expected values of every label.

    Parameters
    ----------
    spec : the parameters
    users, items : with their hidden tastes
    exposure : what decided what was shown
    intercepts : b of each binary label, which gives it its rate
    contexts : (n_impressions,) position of the value of each context, as it was
    """

    spec: WorldSpec
    users: Users
    items: Items
    exposure: Exposure
    intercepts: Mapping[str, float]
    contexts: Mapping[str, IntArray]
    _shelves: dict[str, _Shelf] = field(default_factory=dict, init=False, repr=False)

    def expected(
        self,
        label: str,
        users: Indices,
        items: Indices,
        place: ArrayLike = 1,
        **context: ArrayLike,
    ) -> FloatArray:
        """Return the probability of a binary label, or the mean of another were it given.

        The probability is that of the whole funnel: a purchase needs its click.

        Parameters
        ----------
        label : name
        users, items : indices that broadcast against each other
        place : place on the page, 1 at the top; broadcasts too
        context : values as in the log's columns, ``weather="rain"``; of a context that is not
            named, the first value

        Raises
        ------
        UnknownLabelError
            Where the world has no such label.
        ConfigError
            Where it has no such context or value.
        """
        value = self.given_parent(label, users, items, place, **context)
        spec = self._label(label)
        if isinstance(spec, BinaryLabel) and spec.parent is not None:
            value = value * self.expected(spec.parent, users, items, place, **context)
        return value

    def given_parent(
        self,
        label: str,
        users: Indices,
        items: Indices,
        place: ArrayLike = 1,
        **context: ArrayLike,
    ) -> FloatArray:
        """Return the same once the parent has happened (the rate among the clicked, say)."""
        spec = self._label(label)
        level = self.level(label, users, items, place, **context)
        if isinstance(spec, BinaryLabel):
            return self.happens(spec, level)
        return mean_value(spec, level, self.spec.noise)

    def level(
        self,
        label: str,
        users: Indices,
        items: Indices,
        place: ArrayLike = 1,
        **context: ArrayLike,
    ) -> FloatArray:
        """Return what stands beside the intercept: taste, quality, user, price, place, context."""
        codes, akin = self._read(items, context)
        log_place: FloatArray = np.log(place)
        return self.level_under(label, users, items, Circumstances(log_place, codes, akin))

    def level_under(
        self, label: str, users: Indices, items: Indices, circumstances: Circumstances
    ) -> FloatArray:
        """Return the level under circumstances that are given as numbers."""
        spec = self._label(label)
        return self._own(spec, users, items) + self._shift(spec, items, circumstances)

    def happens(self, label: BinaryLabel, level: FloatArray) -> FloatArray:
        """Return the probability of a binary label at some level, once its parent happened."""
        return sigmoid(self.intercepts[label.name] + level / self.spec.noise)

    def in_log(self, label: str, users: Indices, items: Indices) -> FloatArray:
        """Return the mean of a label over the impressions on which it is observed.

        A binary label is observed wherever an item of its kind is shown, and the mean is over the
        places and contexts in which the item would stand; of a rating or quantity the mean is
        over those who would give it.

        Parameters
        ----------
        label : name
        users, items : indices that broadcast against each other; items of the label's kind

        Raises
        ------
        UnknownLabelError
            Where the world has no such label.
        """
        spec = self._label(label)
        if isinstance(spec, BinaryLabel):
            return self._mean(spec, users, items)
        chance: FloatArray | float = 0.0
        value: FloatArray | float = 0.0
        for reached, level in self._situations(spec, users, items):
            given, given_value = observed(spec, level, self.spec.noise)
            chance = chance + reached * given
            value = value + reached * given_value
        mean: FloatArray = np.asarray(value / chance)
        return mean

    def relevant(
        self, label: str, users: Indices, items: Indices, at_least: float = 1.0
    ) -> FloatArray:
        """Return the probability that a label is observed and high enough, once shown.

        Parameters
        ----------
        label : name
        users, items : indices that broadcast against each other; items of the label's kind
        at_least : value from which an item counts as relevant

        Raises
        ------
        UnknownLabelError
            Where the world has no such label.
        """
        spec = self._label(label)
        if isinstance(spec, BinaryLabel):
            if 0 < at_least <= 1:
                return self._mean(spec, users, items)
            shape = np.broadcast_shapes(np.shape(users), np.shape(items))
            return np.full(shape, float(at_least <= 0))
        total: FloatArray | float = 0.0
        for reached, level in self._situations(spec, users, items):
            total = total + reached * high(spec, level, self.spec.noise, at_least)
        return np.asarray(total)

    def shown(self, kind: str) -> FloatArray:
        """Return (n_users, n_items of the kind) the probability of having been shown."""
        return self._shelf(kind).shown

    def shown_besides(self, kind: str, users: Indices, items: Indices) -> FloatArray:
        """Return the probability of having been shown, besides impressions that are known.

        Whoever knows a part of the log, such as the training part, knows how many items a user
        was shown besides, and which topics the user asked for; the rest is drawn as before from
        what is not known to have been shown.

        Parameters
        ----------
        kind : of items
        users, items : (n,) the known impressions; those of other kinds tell nothing

        Returns
        -------
        probability : (n_users, n_items of the kind), 0 for what is known
        """
        code = self.items.table.kinds.index(kind)
        of_kind = np.flatnonzero(self.items.table.kind_codes == code)
        mine = self.items.table.kind_codes[items] == code
        known = np.zeros((len(self.users.table.ids), len(of_kind)), dtype=np.bool_)
        known[users[mine], np.searchsorted(of_kind, items[mine])] = True
        shelf, n_pages = self._shelf(kind), self.exposure.n_pages
        per_page = self.spec.kinds[code].per_page
        if not self.spec.kinds[code].by_topic:
            return rest_probability(shelf.shown, known, n_pages * per_page)
        topics = self.exposure.topic_weight
        known_topic: BoolArray = np.asarray(known.reshape(*topics.shape, -1).any(axis=2))
        asked = rest_probability(shown_probability(topics, n_pages), known_topic, n_pages)
        asked[known_topic] = 1
        known = known.reshape(asked.size, -1)  # (n_users · n_topics, items of a topic)
        chosen = rest_probability(shelf.chosen, known, np.full(asked.size, per_page))
        shown: FloatArray = (chosen * asked.reshape(-1, 1)).reshape(shelf.shown.shape)
        return shown

    def _mean(self, spec: BinaryLabel, users: Indices, items: Indices) -> FloatArray:
        """Return the probability of a binary label, with its funnel, over all situations."""
        total: FloatArray | float = 0.0
        for reached, level in self._situations(spec, users, items):
            total = total + reached * self.happens(spec, level)
        return np.asarray(total)

    def _situations(
        self, spec: Label, users: Indices, items: Indices
    ) -> Iterator[tuple[FloatArray | float, FloatArray]]:
        """Go through the situations that matter to a label.

        Yields
        ------
        reached : probability of the situation and of all labels before this one
        level : of the label
        """
        parents = self._parents(spec)
        chain: list[Label] = [*parents, spec]
        own = {label.name: self._own(label, users, items) for label in chain}
        depths: tuple[FloatArray | float, ...] = (0.0,)
        if any(label.position for label in chain):
            depths = self._depths(spec.item_kind, users, items)
        akin: list[tuple[FloatArray | float, float]] = [(1.0, 0.0)]
        if any(label.topic for label in chain):
            share = self._akin_share(users, items)
            akin = [(1 - share, 0.0), (share, 1.0)]
        matters = {*spec.context, *spec.context_taste}
        reached: dict[tuple[object, ...], FloatArray | float] = {}
        under: dict[tuple[object, ...], Circumstances] = {}
        for (often, contexts), (likely, is_akin), (step, depth) in product(
            self._contexts_of(chain), akin, enumerate(depths)
        ):
            circumstances = Circumstances(depth, contexts, is_akin)
            chance: FloatArray | float = often * likely / len(depths)
            for label in parents:
                level = own[label.name] + self._shift(label, items, circumstances)
                chance = chance * self.happens(label, level)
            alike: tuple[object, ...] = (  # what else differs is nothing to this label
                step if spec.position else 0,
                is_akin if spec.topic else 0,
                *(value for name, value in contexts.items() if name in matters),
            )
            reached[alike] = reached.get(alike, 0.0) + chance
            under[alike] = circumstances
        for alike, chance in reached.items():
            yield chance, own[spec.name] + self._shift(spec, items, under[alike])

    def _parents(self, spec: Label) -> list[BinaryLabel]:
        """Return the labels that must happen before, the first first."""
        parents: list[BinaryLabel] = []
        name = spec.parent
        while name is not None:
            parent = self._label(name)
            if isinstance(parent, BinaryLabel):  # the spec allows no others
                parents.insert(0, parent)
            name = parent.parent
        return parents

    def _contexts_of(self, chain: list[Label]) -> list[tuple[float, dict[str, int]]]:
        """Return how often each combination of the contexts that matter to these labels came."""
        matters = {name for label in chain for name in (*label.context, *label.context_taste)}
        contexts = [context for context in self.spec.contexts if context.name in matters]
        if not contexts:
            return [(1.0, {})]
        sizes = [len(context.values) for context in contexts]
        codes = np.ravel_multi_index([self.contexts[context.name] for context in contexts], sizes)
        often = np.bincount(codes, minlength=int(np.prod(sizes))) / len(codes)
        combinations = product(*(range(size) for size in sizes))
        return [
            (float(share), {c.name: value for c, value in zip(contexts, values, strict=True)})
            for share, values in zip(often, combinations, strict=True)
            if share > 0
        ]

    def _akin_share(self, users: Indices, items: Indices) -> FloatArray:
        """Return how many of a user's pages have a topic of the item's category."""
        asked = shown_probability(self.exposure.topic_weight, self.exposure.n_pages)
        of_category = np.eye(len(self.items.category_taste))[self.items.category_of_topic]
        share = asked @ of_category / self.exposure.n_pages[:, None]  # (n_users, n_categories)
        in_category: FloatArray = share[users, self.items.category_of_topic[self._topics(items)]]
        return in_category

    def _topics(self, items: Indices) -> IntArray:
        return self.items.topics[items]

    def _depths(self, kind: str, users: Indices, items: Indices) -> tuple[FloatArray, FloatArray]:
        """Return two equally likely values of ln(place)."""
        shelf = self._shelf(kind)
        code = self.items.table.kinds.index(kind)
        pulls = self.spec.exposure
        match = _match(self.exposure.belief[code], self.items.taste, users, items)
        weight = pulls.popularity * self.items.popularity[items] + pulls.preference * match
        rivals = self._topics(items) if self.spec.kinds[code].by_topic else 0
        return shelf.placing.nodes(pulls.order * (weight - shelf.centre[users, rivals]))

    def _own(self, spec: Label, users: Indices, items: Indices) -> FloatArray:
        """Return the part of the level that user and item have under all circumstances."""
        index = self.spec.labels.index(spec)
        of_item = spec.quality * self.items.quality - spec.price * self.items.relative_price
        level: FloatArray = spec.taste * _match(
            self.users.taste[index], self.items.taste, users, items
        )
        level += of_item[items] + spec.user * self.users.level[index][users]
        return level

    def _shift(
        self, spec: Label, items: Indices, circumstances: Circumstances
    ) -> FloatArray | float:
        """Return the part of the level that the circumstances add."""
        shift: FloatArray | float = 0.0
        if spec.position:
            shift = shift - spec.position * circumstances.log_place
        if spec.topic:
            akin: FloatArray = np.asarray(circumstances.akin, dtype=np.float64)
            shift = shift + spec.topic * akin
        for name, gains in spec.context.items():
            values = self._context(name).values
            gain: FloatArray = np.array([gains.get(value, 0.0) for value in values])
            gained: FloatArray = np.asarray(gain[circumstances.contexts[name]])
            shift = shift + gained
        for name, pull in spec.context_taste.items():
            called_for = self.items.context_taste[name][circumstances.contexts[name]]
            if called_for.ndim == 1:  # one value: for every item at once
                called: FloatArray = (self.items.taste @ called_for)[items]
            else:
                called = np.einsum("...d,...d->...", called_for, self.items.taste[items])
            shift = shift + pull * called
        return shift

    def _read(
        self, items: Indices, context: Mapping[str, ArrayLike]
    ) -> tuple[dict[str, IntArray | int], BoolArray | float]:
        """Turn the texts of contexts into positions, and tell whether the topic is akin."""
        if unknown := set(context) - {each.name for each in self.spec.contexts}:
            raise ConfigError(
                where=self.spec.title,
                field="context",
                expected=", ".join(each.name for each in self.spec.contexts) or "none",
                found=", ".join(sorted(unknown)),
            )
        codes: dict[str, IntArray | int] = {each.name: 0 for each in self.spec.contexts}
        akin: BoolArray | float = 0.0
        for name, values in context.items():
            texts, where = np.unique(np.asarray(values), return_inverse=True)
            known = self._known_texts(self._context(name))
            found = np.array([self._find(name, known, str(text)) for text in texts])[where]
            codes[name], topic = found[..., 0], found[..., 1]
            if (topic >= 0).any():
                category = self.items.category_of_topic
                akin = category[topic] == category[self._topics(items)]
        return codes, akin

    def _find(self, name: str, known: Mapping[str, tuple[int, int]], text: str) -> tuple[int, int]:
        if text not in known:
            raise ConfigError(
                where=self.spec.title,
                field=name,
                expected=", ".join(self._context(name).values),
                found=text,
            )
        return known[text]

    def _known_texts(self, context: ContextSpec) -> dict[str, tuple[int, int]]:
        """Return position and topic (-1: none) of every text that stands for a context's value."""
        topics = [name for types in self.spec.catalogue.categories.values() for name in types]
        if not any("{type}" in value for value in context.values):
            return {value: (code, -1) for code, value in enumerate(context.values)}
        return {
            value_text(value, topic): (code, number)
            for code, value in enumerate(context.values)
            for number, topic in enumerate(topics)
        }

    def _shelf(self, kind: str) -> _Shelf:
        if kind not in self._shelves:
            code = self.items.table.kinds.index(kind)
            of_kind = np.flatnonzero(self.items.table.kind_codes == code)
            weight = log_weight(self.spec, self.exposure, self.items, code, of_kind)
            per_page = [each.per_page for each in self.spec.kinds]
            n_pages = self.exposure.n_pages
            if self.spec.kinds[code].by_topic:  # asked for, then on the page
                asked = shown_probability(self.exposure.topic_weight, n_pages)
                rivals = weight.reshape(asked.size, -1)  # (n_users · n_topics, items of a topic)
                chosen = shown_probability(rivals, np.full(asked.size, per_page[code]))
                shown = chosen * asked.reshape(-1, 1)
            else:
                rivals = weight
                shown = chosen = shown_probability(weight, n_pages * per_page[code])
            rivals = np.where(np.isfinite(rivals), rivals, 0)  # what is never shown weighs nothing
            centre = (chosen * rivals).sum(axis=1) / chosen.sum(axis=1)
            square = (shown * (rivals - centre[:, None]) ** 2).sum() / shown.sum()
            spread = float(self.spec.exposure.order * np.sqrt(square))
            shown = shown.reshape(weight.shape)
            shown.flags.writeable = False
            self._shelves[kind] = _Shelf(
                shown, chosen, centre.reshape(len(weight), -1), placing(per_page, code, spread)
            )
        return self._shelves[kind]

    def _context(self, name: str) -> ContextSpec:
        return next(context for context in self.spec.contexts if context.name == name)

    def _label(self, name: str) -> Label:
        for label in self.spec.labels:
            if label.name == name:
                return label
        raise UnknownLabelError(
            label=name, labels=", ".join(label.name for label in self.spec.labels)
        )


def _match(left: FloatArray, right: FloatArray, users: Indices, items: Indices) -> FloatArray:
    """Return left_u·right_i for indices that broadcast; a whole block as a matrix product."""
    rows, columns = np.asarray(users), np.asarray(items)
    if rows.ndim == 2 and rows.shape[1] == 1 and columns.ndim == 1:
        block: FloatArray = left[rows[:, 0]] @ right[columns].T
        return block
    match: FloatArray = np.einsum("...d,...d->...", left[rows], right[columns])
    return match
