import zipfile

import numpy as np
import openpyxl
import pytest

from algorithms.data.duplicates import Duplicates
from algorithms.data.parts import DescriptionColumns, ImportPlan, Part, TableKind
from algorithms.data.plan import NoEventsError, propose_plan, read_plan
from algorithms.data.readers import ColumnRoles
from algorithms.errors import MissingColumnError, UnreadableFileError

NAN = np.nan


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "ratings.csv").write_text(
        "user,item,rating,timestamp\n1,a,4,100\n2,a,3,101\n1,b,oops,102\n3,c,5,103\n"
    )
    (tmp_path / "items.csv").write_text(
        "item,title,genres,year\nb,Bee,Comedy|Drama,1999\na,Ant,Drama,\na,Again,,\nz,,,2001\n"
    )
    (tmp_path / "users.csv").write_text("user,age,job\n2,30,cook\n9,,\n1,20,clerk\n")
    (tmp_path / "friends.csv").write_text("user,friend\n1,2\n2,1\n9,a\n")
    return tmp_path


def values(log, column):
    return dict(zip(log.item_table.ids.ids.tolist(), column.tolist(), strict=True))


def test_the_kinds_of_tables_are_proposed(folder):
    proposal = propose_plan([folder])
    tables = {part.path.name: part.table for part in proposal.plan.parts}
    assert tables == {
        "friends.csv": TableKind.LINKS,
        "items.csv": TableKind.ITEMS,
        "ratings.csv": TableKind.EVENTS,
        "users.csv": TableKind.USERS,
    }
    assert proposal.plan.name == "ratings"
    assert [look.path.name for look in proposal.looks] == list(tables)


def test_a_plan_survives_json(folder):
    plan = propose_plan([folder]).plan
    assert ImportPlan.model_validate_json(plan.model_dump_json()) == plan


def test_the_parts_become_one_log(folder):
    plan = propose_plan([folder]).plan
    result = read_plan(plan)
    log = result.log
    assert log.user_table.ids.ids.tolist() == ["2", "9", "1", "3"]
    np.testing.assert_array_equal(log.user_table.features["age"], [30, NAN, 20, NAN])
    assert log.user_table.features["job"].tolist() == ["cook", "", "clerk", ""]
    table = log.item_table
    assert table.kinds == ("item", "person")
    assert table.ids.ids.tolist() == ["b", "a", "z", "person 2", "person 1", "person a", "c"]
    assert table.titles.tolist() == ["Bee", "Ant", "z", "2", "1", "a", "c"]
    assert values(log, table.categories) == {
        **dict.fromkeys(table.ids.ids.tolist(), ""),
        "b": "Comedy",
        "a": "Drama",
    }
    assert values(log, table.features["categories"])["b"] == "Comedy|Drama"
    np.testing.assert_array_equal(table.features["year"], [1999, NAN, 2001, *[NAN] * 4])
    np.testing.assert_array_equal(log.labels["follow"], [1, 1, 1, NAN, NAN, NAN])
    np.testing.assert_array_equal(log.labels["rating"], [NAN, NAN, NAN, 4, 3, 5])
    events = [
        (log.user_table.ids.ids[user], table.ids.ids[item])
        for user, item in zip(log.users, log.items, strict=True)
    ]
    assert events == [
        *[("1", "person 2"), ("2", "person 1"), ("9", "person a")],
        *[("1", "a"), ("2", "a"), ("3", "c")],
    ]
    assert log.timestamps is None
    np.testing.assert_array_equal(log.context["seconds since 1970"], [NAN, NAN, NAN, 100, 101, 103])


def test_every_line_of_every_part_is_accounted_for(folder):
    result = read_plan(propose_plan([folder]).plan)
    counts = {
        account.part.path.name: (account.n_read, account.n_accepted, len(account.rejected))
        for account in result.parts
    }
    assert counts == {
        "friends.csv": (3, 3, 0),
        "items.csv": (4, 3, 1),
        "ratings.csv": (4, 3, 1),
        "users.csv": (3, 3, 0),
    }
    assert (result.n_read, result.n_accepted, result.n_rejected) == (14, 12, 2)
    assert [line.line for account in result.parts for line in account.rejected] == [4, 4]


def test_without_links_the_times_stay_and_ids_keep_their_text(folder):
    (folder / "friends.csv").unlink()
    log = read_plan(propose_plan([folder]).plan).log
    assert log.timestamps.tolist() == [100, 101, 103]
    assert log.item_table.ids.ids.tolist() == ["b", "a", "z", "c"]
    assert not log.context


def test_a_single_file_takes_the_titles_that_lie_beside_it(folder):
    proposal = propose_plan([folder / "ratings.csv"])
    assert [part.path.name for part in proposal.plan.parts] == ["ratings.csv", "items.csv"]


def test_files_of_no_use_are_left_out_with_the_reason(folder):
    (folder / "picture.csv").write_bytes(b"\x89PNG\r\n\x1a\n")
    proposal = propose_plan([folder])
    assert len(proposal.plan.parts) == 4
    ((path, reason),) = proposal.left_out
    assert path.name == "picture.csv"
    assert "PNG" in str(reason)
    with pytest.raises(UnreadableFileError, match="PNG"):
        propose_plan([folder / "picture.csv"])


def test_an_empty_folder_says_so(tmp_path):
    with pytest.raises(UnreadableFileError, match="found none"):
        propose_plan([tmp_path])


def test_descriptions_alone_are_no_data(folder):
    plan = propose_plan([folder / "items.csv"]).plan
    with pytest.raises(NoEventsError, match=r"items\.csv"):
        read_plan(plan)


def test_two_files_of_events_share_ids_and_leave_unsaid_what_they_do_not_say(tmp_path):
    (tmp_path / "a.csv").write_text("user,item,click\nu,x,1\nv,y,0\n")
    (tmp_path / "b.csv").write_text("user,item,buy\nw,y,1\nu,z,0\n")
    log = read_plan(propose_plan([tmp_path / "a.csv", tmp_path / "b.csv"]).plan).log
    assert log.users.tolist() == [0, 1, 2, 0]
    assert log.items.tolist() == [0, 1, 1, 2]
    np.testing.assert_array_equal(log.labels["click"], [1, 0, NAN, NAN])
    np.testing.assert_array_equal(log.labels["buy"], [NAN, NAN, 1, 0])


def test_columns_without_a_header_are_named_by_the_plan(tmp_path):
    path = tmp_path / "u.data"
    path.write_text("1\t2\t3\n4\t5\t1\n")
    part = Part(
        path=path,
        table=TableKind.EVENTS,
        columns=ColumnRoles(user="user", item="item", labels=("rating",)),
        has_header=False,
        names=("user", "item", "rating"),
    )
    log = read_plan(ImportPlan(name="n", parts=(part,))).log
    assert log.labels["rating"].tolist() == [3, 1]
    wrong = part.model_copy(update={"names": ("user", "item")})
    with pytest.raises(UnreadableFileError, match=r"expected 2 columns \(user, item\), found 3"):
        read_plan(ImportPlan(name="n", parts=(wrong,)))


def test_flags_become_categories(tmp_path):
    (tmp_path / "e.csv").write_text("user,item\n1,a\n")
    (tmp_path / "i.csv").write_text("item,Comedy,Drama\na,1,1\nb,0,1\nc,0,0\n")
    columns = DescriptionColumns(id="item", flags=("Comedy", "Drama"))
    plan = propose_plan([tmp_path / "e.csv"]).plan
    items = Part(path=tmp_path / "i.csv", table=TableKind.ITEMS, columns=columns)
    table = read_plan(plan.model_copy(update={"parts": (*plan.parts, items)})).log.item_table
    assert table.categories.tolist() == ["Comedy", "Drama", ""]
    assert table.features["categories"].tolist() == ["Comedy|Drama", "Drama", ""]


def test_a_description_without_its_column_says_so(folder):
    items = Part(
        path=folder / "items.csv", table=TableKind.ITEMS, columns=DescriptionColumns(id="movie")
    )
    plan = propose_plan([folder / "ratings.csv"]).plan
    with pytest.raises(MissingColumnError, match="movie"):
        read_plan(plan.model_copy(update={"parts": (*plan.parts, items)}))


def test_progress_rises_to_the_end_and_may_stop_the_reading(folder):
    heard = []
    read_plan(propose_plan([folder]).plan, lambda fraction, stage: heard.append(fraction))
    assert heard == sorted(heard)
    assert heard[-1] == 1.0

    class Stop(Exception):  # noqa: N818
        pass

    def stop(fraction, stage):
        if fraction > 0.3:
            raise Stop

    with pytest.raises(Stop):
        read_plan(propose_plan([folder]).plan, stop)


def test_what_a_file_leaves_open_is_asked_of_its_part(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("user;item;rating\n1;a;3,5\n2;b;4,5\n")
    proposal = propose_plan([path])
    ((part, question),) = proposal.questions
    assert (part.path, question.key, question.column) == (path, "decimal", "rating")
    answered = part.model_copy(update={"decimal": ","})
    log = read_plan(proposal.plan.model_copy(update={"parts": (answered,)})).log
    assert log.labels["rating"].tolist() == [3.5, 4.5]


def test_sheets_of_a_workbook_are_parts(tmp_path):
    book = openpyxl.Workbook()
    book.active.title = "events"
    for row in [["user", "item", "rating"], ["007", "a", 4], [8, "b", 2.5]]:
        book.active.append(row)
    items = book.create_sheet("items")
    for row in [["item", "title"], ["b", "Bee"], ["a", "Ant"]]:
        items.append(row)
    book.save(tmp_path / "a.xlsx")
    plan = propose_plan([tmp_path / "a.xlsx"]).plan
    assert [(part.member, part.table.value) for part in plan.parts] == [
        ("events", "events"),
        ("items", "items"),
    ]
    log = read_plan(plan).log
    assert log.user_table.ids.ids.tolist() == ["007", "8"]
    assert log.item_table.titles.tolist() == ["Bee", "Ant"]
    assert log.labels["rating"].tolist() == [4, 2.5]


def test_prose_among_the_tables_is_left_out(folder):
    (folder / "README.txt").write_text(
        "Hello, dear student.\nThese are films, users, and more.\nCite us, please.\n"
    )
    proposal = propose_plan([folder])
    assert len(proposal.plan.parts) == 4
    assert [path.name for path, _ in proposal.left_out] == ["README.txt"]


def test_one_bad_member_of_a_zip_does_not_hide_the_others(tmp_path):
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("logo.png", b"\x89PNG\r\n")
        archive.writestr("data/e.csv", "user,item,click\n1,a,1\n2,b,0\n")
    proposal = propose_plan([tmp_path / "a.zip"])
    assert [part.member for part in proposal.plan.parts] == ["data/e.csv"]
    assert [path.name for path, _ in proposal.left_out] == ["logo.png"]
    assert read_plan(proposal.plan).log.labels["click"].tolist() == [1, 0]


def test_several_lists_without_labels_are_told_apart_by_their_names(tmp_path):
    for name in ("seen", "bought"):
        (tmp_path / f"{name}.csv").write_text("user,item,time\n1,a,1000000000\n")
    log = read_plan(propose_plan([tmp_path]).plan).log
    np.testing.assert_array_equal(log.labels["bought"], [1, NAN])
    np.testing.assert_array_equal(log.labels["seen"], [NAN, 1])


def test_a_file_that_a_known_layout_has_no_use_for_is_named(tmp_path):
    for name, text in {
        "ratings.csv": "userId,movieId,rating,timestamp\n1,2,3,4\n",
        "own.csv": "user,item\n1,2\n",
    }.items():
        (tmp_path / name).write_text(text)
    proposal = propose_plan([tmp_path / "ratings.csv", tmp_path / "own.csv"])
    assert [(path.name, str(why)) for path, why in proposal.left_out] == [
        ("own.csv", "MovieLens has no use for it")
    ]


def test_duplicates_are_merged_as_the_part_says_unless_the_plan_says_otherwise(tmp_path):
    (tmp_path / "e.csv").write_text("user,item,plays\n1,a,1\n1,a,2\n2,a,3\n")
    plan = propose_plan([tmp_path / "e.csv"]).plan
    assert len(read_plan(plan).log) == 3
    (part,) = plan.parts
    roles = part.columns.model_copy(update={"duplicates": Duplicates.SUM})
    summed = plan.model_copy(update={"parts": (part.model_copy(update={"columns": roles}),)})
    result = read_plan(summed)
    assert result.log.labels["plays"].tolist() == [3, 3]
    assert [(each.n_read, each.n_accepted, each.n_merged) for each in result.parts] == [(3, 3, 1)]
    last = summed.model_copy(update={"duplicates": Duplicates.KEEP_LAST})
    assert read_plan(last).log.labels["plays"].tolist() == [2, 3]
