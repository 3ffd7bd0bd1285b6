"""Known data sets, recognised by their files.

Each layout is a declaration of a few lines: which files there are, and what their columns are.
A file counts as recognised only where its name and its columns fit, so another ``ratings.csv``
is left to the proposals. To add a data set, add a ``Layout`` to ``LAYOUTS``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fnmatch import fnmatch
from itertools import product
from pathlib import Path

from algorithms.data.look import FileLook
from algorithms.data.parts import (
    PERSON,
    DescriptionColumns,
    ImportPlan,
    Part,
    TableKind,
    TextLabel,
    look_at,
)
from algorithms.data.proposals import names_user_and_item, propose_columns
from algorithms.data.readers import ColumnRoles, TimeFormat
from algorithms.data.sources import members
from algorithms.errors import MtrecError

EVENTS, ITEMS, USERS, LINKS = TableKind

Source = tuple[Path, str]  # a file and the member of it that is the table


@dataclass(frozen=True, slots=True)
class FileSpec:
    """A file of a data set.

    Parameters
    ----------
    names : patterns of its name, in small letters, several with | between
    table : what its lines are
    columns : what its columns are
    text_labels : labels that it says in words
    header : names of all columns of a file without a header
    delimiters : what may stand between its fields; None to find out
    encodings : of which the first that fits counts; None to find out
    quote : None to find out, empty where a quote is a letter like any other
    keeps_rest : whether the columns that have no role are features
    finds_columns : whether a header, if there is one, tells user and item
    """

    names: str
    table: TableKind
    columns: ColumnRoles | DescriptionColumns
    text_labels: tuple[TextLabel, ...] = ()
    header: tuple[str, ...] = ()
    delimiters: tuple[str | None, ...] = (None,)
    encodings: tuple[str | None, ...] = (None,)
    quote: str | None = None
    keeps_rest: bool = False
    finds_columns: bool = False

    def fits_name(self, name: str) -> bool:
        """Return whether a file may be this one, by its name."""
        plain = name.lower().removesuffix(".gz")
        return any(fnmatch(plain, pattern) for pattern in self.names.split("|"))


@dataclass(frozen=True, slots=True)
class Layout:
    """A data set.

    Parameters
    ----------
    title : what it is called
    files : what it consists of; of the events at least ``n_events`` files must be there
    is_whole : whether its files of events belong together, so that one brings the others
    """

    title: str
    files: tuple[FileSpec, ...]
    n_events: int = 1
    is_whole: bool = False


def _words(text: str) -> tuple[str, ...]:
    return tuple(word.strip() for word in text.split(","))


_GENRES = _words(
    "unknown, Action, Adventure, Animation, Children's, Comedy, Crime, Documentary, Drama, "
    "Fantasy, Film-Noir, Horror, Musical, Mystery, Romance, Sci-Fi, Thriller, War, Western"
)
_CENSUS = _words(
    "age, class of worker, industry code, occupation code, education, wage per hour, "
    "enrolled in education last week, marital status, major industry, major occupation, race, "
    "hispanic origin, sex, member of a labor union, reason for unemployment, "
    "full or part time, capital gains, capital losses, dividends from stocks, tax filer status, "
    "region of previous residence, state of previous residence, household and family status, "
    "household summary, instance weight, migration between msa, migration between regions, "
    "migration within region, in this house one year ago, previous residence in sunbelt, "
    "persons working for employer, family members under 18, birth country of father, "
    "birth country of mother, birth country, citizenship, self employed, "
    "veterans questionnaire, veterans benefits, weeks worked in year, year, income"
)
_ADULT = _words(
    "age, workclass, fnlwgt, education, education years, marital status, occupation, "
    "relationship, race, sex, capital gain, capital loss, hours per week, native country, income"
)
_COMMA = (", ", ",")
_OLD = ("utf-8", "latin-1")  # copies of old files are often in UTF-8 by now


def _people(ones: str) -> FileSpec:
    """Return the declaration of a table with a person a row and no item."""
    married, rich = ones.split("/")
    return FileSpec(
        "",
        EVENTS,
        ColumnRoles(user=None, item=None, item_kind="question"),
        (
            TextLabel(label="income over 50K", column="income", ones=tuple(rich.split("|"))),
            TextLabel(label="never married", column="marital status", ones=(married,)),
        ),
        delimiters=_COMMA,
        keeps_rest=True,
    )


def _pairs(label: str, names: str) -> FileSpec:
    """Return the declaration of a list of user-item pairs that one behaviour left."""
    return FileSpec(
        names,
        EVENTS,
        ColumnRoles(user="user", item="item", constant_label=label),
        header=("user", "item"),
        delimiters=(None, " "),
        finds_columns=True,
    )


_MOVIE = DescriptionColumns(id="movie", title="title", category="genres", kind="movie")

LAYOUTS: tuple[Layout, ...] = (
    Layout(
        "MovieLens 100k",
        (
            FileSpec(
                "u.data",
                EVENTS,
                ColumnRoles(
                    user="user", item="movie", time="time", labels=("rating",), item_kind="movie"
                ),
                header=("user", "movie", "rating", "time"),
                delimiters=("\t",),
            ),
            FileSpec(
                "u.item",
                ITEMS,
                DescriptionColumns(
                    id="movie", title="title", flags=_GENRES, features=("released",), kind="movie"
                ),
                header=("movie", "title", "released", "released on video", "page", *_GENRES),
                delimiters=("|",),
                encodings=_OLD,
                quote="",
            ),
            FileSpec(
                "u.user",
                USERS,
                DescriptionColumns(id="user", features=("age", "gender", "occupation", "zip code")),
                header=("user", "age", "gender", "occupation", "zip code"),
                delimiters=("|",),
            ),
        ),
    ),
    Layout(
        "MovieLens 1M",
        (
            FileSpec(
                "ratings.dat",
                EVENTS,
                ColumnRoles(
                    user="user", item="movie", time="time", labels=("rating",), item_kind="movie"
                ),
                header=("user", "movie", "rating", "time"),
                delimiters=("::",),
            ),
            FileSpec(
                "movies.dat",
                ITEMS,
                _MOVIE,
                header=("movie", "title", "genres"),
                delimiters=("::",),
                encodings=_OLD,
            ),
            FileSpec(
                "users.dat",
                USERS,
                DescriptionColumns(id="user", features=("gender", "age", "occupation", "zip code")),
                header=("user", "gender", "age", "occupation", "zip code"),
                delimiters=("::",),
            ),
        ),
    ),
    Layout(
        "MovieLens",
        (
            FileSpec(
                "ratings.csv|rating.csv",
                EVENTS,
                ColumnRoles(
                    user="userId",
                    item="movieId",
                    time="timestamp",
                    labels=("rating",),
                    item_kind="movie",
                ),
            ),
            FileSpec(
                "movies.csv|movie.csv",
                ITEMS,
                DescriptionColumns(id="movieId", title="title", category="genres", kind="movie"),
            ),
        ),
    ),
    Layout(
        "Last.fm (HetRec 2011)",
        (
            FileSpec(
                "user_artists.dat",
                EVENTS,
                ColumnRoles(user="userID", item="artistID", labels=("weight",), item_kind="artist"),
            ),
            FileSpec(
                "artists.dat",
                ITEMS,
                DescriptionColumns(id="id", title="name", kind="artist"),
                delimiters=("\t",),
                quote="",
            ),
            FileSpec(
                "user_friends.dat",
                LINKS,
                ColumnRoles(
                    user="userID", item="friendID", constant_label="follow", item_kind=PERSON
                ),
            ),
        ),
    ),
    Layout(
        "Lists of behaviours",
        (
            _pairs("view", "view.*|views.*|click.*|clicks.*|pv.*"),
            _pairs("favourite", "fav.*|favorite.*|favourite.*|collect.*"),
            _pairs("cart", "cart.*"),
            _pairs("buy", "buy.*|purchase.*|order.*"),
        ),
        n_events=2,
        is_whole=True,
    ),
    Layout(
        "Census-Income",
        (
            replace(
                _people("Never married/50000+."),
                names="census-income.data|census-income.test",
                header=_CENSUS,
            ),
        ),
    ),
    Layout(
        "Adult",
        (
            replace(
                _people("Never-married/>50K|>50K."), names="adult.data|adult.test", header=_ADULT
            ),
        ),
    ),
    Layout(
        "Ali-CCP",
        (
            FileSpec(
                "ali_ccp*.csv|ali-ccp*.csv",
                EVENTS,
                ColumnRoles(user="101", item="205", labels=("click", "purchase")),
                keeps_rest=True,
            ),
        ),
    ),
    Layout(
        "AliExpress",
        (
            FileSpec(
                "*.csv",
                EVENTS,
                ColumnRoles(
                    user=None,
                    item=None,
                    labels=("click", "conversion"),
                    features=("categorical_1", "numerical_1"),
                ),
                keeps_rest=True,
            ),
        ),
    ),
    Layout(
        "KuaiRec",
        (
            FileSpec(
                "small_matrix.csv|big_matrix.csv",
                EVENTS,
                ColumnRoles(
                    user="user_id",
                    item="video_id",
                    time="timestamp",
                    labels=("watch_ratio", "play_duration"),
                    features=("video_duration",),
                    item_kind="video",
                ),
            ),
            FileSpec(
                "kuairec_caption_category.csv",
                ITEMS,
                DescriptionColumns(
                    id="video_id",
                    title="caption",
                    category="first_level_category_name",
                    kind="video",
                ),
            ),
            FileSpec(
                "item_categories.csv",
                ITEMS,
                DescriptionColumns(id="video_id", features=("feat",), kind="video"),
            ),
            FileSpec("user_features.csv", USERS, DescriptionColumns(id="user_id"), keeps_rest=True),
        ),
    ),
    Layout(
        "KuaiRand",
        (
            FileSpec(
                "log_standard_*.csv|log_random_*.csv",
                EVENTS,
                ColumnRoles(
                    user="user_id",
                    item="video_id",
                    time="time_ms",
                    time_format=TimeFormat.MILLISECONDS,
                    labels=_words(
                        "is_click, is_like, is_follow, is_comment, is_forward, is_hate, "
                        "long_view, play_time_ms"
                    ),
                    features=("hourmin", "duration_ms", "is_rand", "tab"),
                    item_kind="video",
                ),
            ),
            FileSpec(
                "video_features_basic*.csv",
                ITEMS,
                DescriptionColumns(id="video_id", category="tag", kind="video"),
                keeps_rest=True,
            ),
            FileSpec(
                "user_features*.csv", USERS, DescriptionColumns(id="user_id"), keeps_rest=True
            ),
        ),
    ),
)


def recognise(paths: Sequence[Path]) -> ImportPlan | None:
    """Return the plan of a known data set to which some files belong; None where none is known.

    Of a file its neighbours are looked at too: the ratings find the titles beside them.

    Parameters
    ----------
    paths : files, or folders with files
    """
    given = [source for path in paths for file in files_of(path) for source in _tables(file)]
    folders = dict.fromkeys(path.parent for path, _ in given)
    beside = [(file, "") for folder in folders for file in files_of(folder)]
    near = list(dict.fromkeys([*given, *beside]))
    for layout in LAYOUTS:
        parts = _parts(layout, given, near)
        n_events = sum(part.table is TableKind.EVENTS for part in parts)
        if n_events >= layout.n_events and any((part.path, part.member) in given for part in parts):
            return ImportPlan(name=layout.title, parts=parts, layout=layout.title)
    return None


def files_of(path: Path) -> list[Path]:
    """Return the files of a folder by name, without hidden ones, or the file itself."""
    if not path.is_dir():
        return [path]
    return sorted(
        file for file in path.iterdir() if file.is_file() and not file.name.startswith(".")
    )


def _tables(path: Path) -> list[Source]:
    try:
        return [(path, member) for member in members(path)]
    except MtrecError:
        return []  # a proposal will say what is wrong with it


def _name(source: Source) -> str:
    """Return the name of the file or of the member, without folders."""
    path, member = source
    return member.rsplit("/", 1)[-1] or path.name


def _parts(layout: Layout, given: Sequence[Source], near: Sequence[Source]) -> tuple[Part, ...]:
    """Return the parts of a layout among some files: of the events those that were meant."""
    specs = [spec for spec in layout.files if spec.table is TableKind.EVENTS]
    meant = any(spec.fits_name(_name(source)) for spec in specs for source in given)
    parts = []
    for spec in layout.files:
        is_chosen = spec.table is TableKind.EVENTS and meant and not layout.is_whole
        for source in given if is_chosen else near:
            part = _part(spec, source) if spec.fits_name(_name(source)) else None
            if part is not None:
                parts.append(part)
    return tuple(parts)


def _part(spec: FileSpec, source: Source) -> Part | None:
    """Return a file as a part, where its columns fit the declaration."""
    path, member = source
    for delimiter, encoding in product(spec.delimiters, spec.encodings):
        part = Part(
            path=path,
            member=member,
            table=spec.table,
            columns=spec.columns,
            text_labels=spec.text_labels,
            encoding=encoding,
            delimiter=delimiter,
            quote=spec.quote,
            has_header=None if spec.header else True,
        )
        try:
            fitted = _fit(spec, part, look_at(part))
        except MtrecError:
            continue  # another separator or encoding may fit
        if fitted is not None:
            return fitted
    return None


def _fit(spec: FileSpec, part: Part, look: FileLook) -> Part | None:
    """Return the part with the columns that the file has, None where they do not fit."""
    columns = look.columns
    if spec.header:
        n_columns = len(spec.header)
        if look.has_header and len(columns) == n_columns:  # though it should have no header
            return _with_found_columns(part, look) if spec.finds_columns else None
        part = part.model_copy(update={"has_header": False, "names": spec.header})
        columns = look_at(part).columns
    named = _named(part)
    if not named <= set(columns):
        return None
    if not spec.keeps_rest:
        return part
    rest = tuple(column for column in columns if column not in named)
    kept = part.columns.model_copy(update={"features": (*part.columns.features, *rest)})
    return part.model_copy(update={"columns": kept})


def _with_found_columns(part: Part, look: FileLook) -> Part | None:
    """Return the part with the user and item that its header names, None where it does not."""
    found = propose_columns(look)
    if not names_user_and_item(look):
        return None
    roles = part.columns.model_copy(update={"user": found.user, "item": found.item})
    return part.model_copy(update={"columns": roles, "has_header": True})


def _named(part: Part) -> set[str]:
    """Return the columns that have a role."""
    columns = part.columns
    if isinstance(columns, ColumnRoles):
        single = (columns.user, columns.item, columns.time)
        several = (*columns.labels, *columns.features)
    else:
        single = (columns.id, columns.title, columns.category)
        several = (*columns.flags, *columns.features)
    words = (label.column for label in part.text_labels)
    return {column for column in (*single, *several, *words) if column is not None}
