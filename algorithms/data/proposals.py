"""What the columns of a file probably are: a proposal for a person to confirm.

Names decide first, in the spellings that data sets use; where no name is known, the order user,
item, numbers is taken, which nearly all files without a header follow.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from pathlib import Path

from algorithms.data.look import FileLook, is_number, sniff
from algorithms.data.parts import PERSON, DescriptionColumns, Part, TableKind
from algorithms.data.readers import ColumnRoles, ItemColumns, TimeFormat
from algorithms.data.times import date_formats
from algorithms.errors import MissingColumnError, MtrecError


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_ITEM_WORDS = _words(
    "item movie product book artist song track article news video ad business game restaurant "
    "recipe course poi 物品 商品 电影 图书 文章 视频 广告"
)
_USER_WORDS = _words("user customer member reviewer visitor account person reader 用户 顾客")
_ENDINGS = ("", *_words("id ids idx index code key no 编号"))

_USERS = {word + end for word in _USER_WORDS for end in _ENDINGS} | {"uid"}
_ITEMS = {word + end for word in _ITEM_WORDS for end in _ENDINGS} | _words(
    "iid mid pid aid sku asin isbn goodsid parentasin"
)
_TIMES = _words(
    "timestamp time ts date datetime unixreviewtime unixtime createdat eventtime timems "
    "reviewtime ratedat 时间 时间戳 日期"
)
_LABELS = _words(
    "rating ratings stars star score overall grade click clicked isclick buy bought purchase "
    "purchased conversion like liked islike follow isfollow favorite favourite cart view viewed "
    "plays playcount listens count weight watchtime playtime playtimems watchratio duration "
    "seconds minutes quantity dwelltime share comment forward adclick 评分 点击 购买 喜欢 收藏 "
    "关注 时长"
)
_TITLES = _words("title name movietitle itemname productname booktitle 标题 名称 书名")
_CATEGORIES = _words("genres genre category categories maincategory type 类别 类型 分类")

_FRIENDS = _words(
    "friend friendid followee followeeid followed followedid trustee trusteeid friendlist 好友"
)
_SHORT_TEXT = 100
_MILLISECONDS_FROM = 1e11  # seconds of this size lie in the year 5138


def propose_columns(look: FileLook) -> ColumnRoles:
    """Propose what the columns of a file of interactions are.

    Raises
    ------
    MissingColumnError
        Where there are fewer than two columns, so that there is no user or no item.
    """
    free = list(look.columns)
    user = _take(free, _USERS)
    item = _take(free, _ITEMS)
    time = _take(free, _TIMES)
    labels = [
        column for column in free if _plain(column) in _LABELS and _is_mostly_numeric(look, column)
    ]
    free = [column for column in free if column not in labels]
    user = user or _take_first(free, look, "user")
    item = item or _take_first(free, look, "item")
    if time is None:
        time = next((column for column in free if _looks_like_time(look, column)), None)
        free = [column for column in free if column != time]
    if not labels:
        labels = [column for column in free if _is_numeric(look, column)]
    return ColumnRoles(
        user=user,
        item=item,
        time=time,
        time_format=TimeFormat.SECONDS if time is None else _time_format(look, time),
        labels=tuple(labels),
    )


def names_user_and_item(look: FileLook) -> bool:
    """Return whether the header names a user and an item in a known spelling."""
    return _find(look.columns, _USERS) is not None and _find(look.columns, _ITEMS) is not None


def names_user_or_item(look: FileLook) -> bool:
    """Return whether the header names a user, an item or a title in a known spelling."""
    return any(_find(look.columns, names) is not None for names in (_USERS, _ITEMS, _TITLES))


def propose_part(look: FileLook) -> Part:
    """Propose what a table is, of events, items, users or links, and what its columns are.

    Raises
    ------
    MissingColumnError
        Where there are fewer than two columns.
    """
    user, item = _find(look.columns, _USERS), _find(look.columns, _ITEMS)
    friend = next((column for column in look.columns if _plain(column) in _FRIENDS), None)
    if friend is not None and item is None:
        owner = user or next(column for column in (*look.columns, friend) if column != friend)
        links = ColumnRoles(user=owner, item=friend, constant_label="follow", item_kind=PERSON)
        return Part(path=look.path, member=look.member, table=TableKind.LINKS, columns=links)
    if user is None:
        described = propose_descriptions(look, item or "id", "item")
        if described is not None and (described.title or described.category):
            return Part(
                path=look.path, member=look.member, table=TableKind.ITEMS, columns=described
            )
    if item is None and user is not None and _are_distinct(look, user):
        features = _short_columns(look, {user})
        described = DescriptionColumns(id=user, features=features)
        return Part(path=look.path, member=look.member, table=TableKind.USERS, columns=described)
    return Part(
        path=look.path, member=look.member, table=TableKind.EVENTS, columns=propose_columns(look)
    )


def propose_descriptions(look: FileLook, item: str, kind: str) -> DescriptionColumns | None:
    """Propose what the columns are of a table that may describe items; None where it does not.

    Parameters
    ----------
    look : the table
    item : how another table calls the column with the item's id
    kind : what the items are called
    """
    same = [column for column in look.columns if _plain(column) == _plain(item)]
    if not same or not _are_distinct(look, same[0]):
        return None
    title, category = _find(look.columns, _TITLES), _find(look.columns, _CATEGORIES)
    taken = {column for column in (same[0], title, category) if column is not None}
    return DescriptionColumns(
        id=same[0],
        title=title,
        category=category,
        features=_short_columns(look, taken),
        kind=kind,
    )


def _are_distinct(look: FileLook, column: str) -> bool:
    """Return whether nearly every line has an id of its own."""
    values = look.values(column)
    return len(set(values)) >= 0.7 * len(values)


def _short_columns(look: FileLook, taken: set[str]) -> tuple[str, ...]:
    """Return the columns that are no long texts: those nobody compares with one another."""
    return tuple(
        column
        for column in look.columns
        if column not in taken and all(len(value) <= _SHORT_TEXT for value in look.values(column))
    )


def propose_items(path: Path | str, columns: ColumnRoles) -> ItemColumns | None:
    """Look beside a file of interactions for one that gives its items titles.

    Such a file has a column called like the item column and one called title or name.
    """
    path = Path(path)
    for other in sorted(path.parent.iterdir()) if columns.item is not None else ():
        if other == path or other.suffix.lower() not in (".csv", ".tsv", ".txt", ".dat"):
            continue
        found = propose_item_columns(other, columns.item)
        if found is not None:
            return found
    return None


def propose_item_columns(path: Path | str, item: str | None) -> ItemColumns | None:
    """Propose what the columns of an item file are; None where it does not look like one."""
    if item is None:
        return None
    try:
        look = sniff(path)
    except MtrecError:
        return None  # some other file
    same = [column for column in look.columns if _plain(column) == _plain(item)]
    title = _find(look.columns, _TITLES)
    if not same or title is None:
        return None
    category = _find(look.columns, _CATEGORIES)
    return ItemColumns(path=Path(path), item=same[0], title=title, category=category)


def _plain(name: str) -> str:
    """Return a name without case, spaces and marks: ``user_id`` and ``User ID`` are one."""
    return re.sub(r"[\W_]", "", name).lower()


def _find(columns: Sequence[str], names: Iterable[str]) -> str | None:
    known = set(names)
    return next((column for column in columns if _plain(column) in known), None)


def _take(free: list[str], names: Iterable[str]) -> str | None:
    column = _find(free, names)
    if column is not None:
        free.remove(column)
    return column


def _take_first(free: list[str], look: FileLook, role: str) -> str:
    if not free:
        raise MissingColumnError(column=role, role=role, columns=", ".join(look.columns))
    return free.pop(0)


def _is_numeric(look: FileLook, column: str) -> bool:
    values = look.values(column)
    return bool(values) and all(is_number(value, look.decimal) for value in values)


def _is_mostly_numeric(look: FileLook, column: str) -> bool:
    """Return whether most values are numbers: a known name outweighs a few bad lines.

    The decimal mark may still be asked for, so either one makes a number here.
    """
    values = look.values(column)
    n_numbers = sum(is_number(value) or is_number(value, ",") for value in values)
    return 2 * n_numbers > len(values)


def _looks_like_time(look: FileLook, column: str) -> bool:
    """Seconds between 1990 and 2100, or as milliseconds; no rating or count is that large."""
    values = look.values(column)
    if not _is_numeric(look, column):
        return bool(date_formats(values))
    numbers = [float(value.replace(",", ".")) for value in values]
    return all(6.3e8 < number < 4.2e9 or 6.3e11 < number < 4.2e12 for number in numbers)


def _time_format(look: FileLook, column: str) -> TimeFormat:
    """Return how a column of times is written; a date that may be two waits for an answer."""
    values = look.values(column)
    formats = date_formats(values) or date_formats([value for value in values if _is_date(value)])
    if formats:
        return formats[0] if len(formats) == 1 else TimeFormat.ISO
    numbers = [float(value) for value in values if is_number(value)]
    if numbers and min(numbers) > _MILLISECONDS_FROM:
        return TimeFormat.MILLISECONDS
    return TimeFormat.SECONDS


def _is_date(value: str) -> bool:
    return re.match(r"\s*\d{4}-\d{2}-\d{2}(?!\d)", value) is not None
