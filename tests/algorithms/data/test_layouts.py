"""Tiny imitations of the known data sets: the right plan, and a log with what they say."""

import gzip
import zipfile

import numpy as np
import pytest

from algorithms.data.layouts import LAYOUTS, recognise
from algorithms.data.plan import propose_plan, read_plan
from algorithms.tasks import check_tasks
from algorithms.tasks.proposals import propose

NAN = np.nan

ML_100K = {
    "u.data": "196\t242\t3\t881250949\n186\t302\t4\t891717742\n196\t302\t5\t891717743\n",
    "u.item": (
        "242|Kolya (1996)|24-Jan-1997||http://imdb|0|0|0|0|0|1|0|0|0|0|0|0|0|0|0|0|0|0|0\n"
        "302|Café Noir (1997)|01-Jan-1997||http://imdb|0|0|0|0|0|0|1|0|0|0|1|0|0|1|0|0|1|0|0\n"
    ),
    "u.user": "196|49|M|writer|55105\n186|39|F|executive|00000\n",
    "u.genre": "unknown|0\n",
}
ML_1M = {
    "ratings.dat": "1::1193::5::978300760\n2::661::3::978302109\n",
    "movies.dat": '661::James: a "Peach" (1996)::Animation|Musical\n1193::Cuckoo::Drama\n',
    "users.dat": "1::F::1::10::48067\n2::M::56::16::70072\n",
}
ML_CSV = {
    "ratings.csv": "userId,movieId,rating,timestamp\n1,31,2.5,1260759144\n2,1029,4.0,1260759179\n",
    "movies.csv": 'movieId,title,genres\n31,"American President, The",Drama|Comedy\n1029,Dumbo,\n',
    "tags.csv": "userId,movieId,tag,timestamp\n1,31,good,1\n",
}
LAST_FM = {
    "user_artists.dat": "userID\tartistID\tweight\n2\t51\t13883\n2\t52\t11690\n3\t51\t7\n",
    "artists.dat": 'id\tname\turl\tpictureURL\n51\tDuran Duran\ta\tb\n52\t"MGMT" 2\th\th\n',
    "user_friends.dat": "userID\tfriendID\n2\t3\n3\t2\n",
    "tags.dat": "tagID\ttagValue\n1\tmetal\n",
}
LISTS = {"view.txt": "1 10\n1 11\n2 10\n", "fav.txt": "1 10\n", "buy.txt": "2 10\n"}
HEADED_LISTS = {"click.csv": "item,user\n10,1\n11,1\n", "purchase.csv": "item,user\n10,1\n"}
CENSUS_ROW = (
    "73, Not in universe, 0, 0, High school graduate, 0, Not in universe, Widowed, NA, NA, White, "
    "All other, Female, NA, NA, Not in labor force, 0, 0, 0, Nonfiler, NA, NA, Other Rel, Other, "
    "1700.09, ?, ?, ?, NA, ?, 0, NA, United-States, United-States, United-States, Native, 0, NA, "
    "2, 0, 95, "
)
CENSUS = {
    "census-income.data": (
        CENSUS_ROW
        + "- 50000.\n"
        + CENSUS_ROW.replace("Widowed", "Never married").replace("73", "30")
        + "50000+.\n"
    ),
    "census-income.test": CENSUS_ROW + "- 50000.\n",
}
ADULT_ROW = (
    "39, State-gov, 77516, Bachelors, 13, Never-married, Adm-clerical, Not-in-family, White, Male, "
    "2174, 0, 40, United-States, "
)
ADULT = {
    "adult.data": ADULT_ROW + "<=50K\n" + ADULT_ROW.replace("Never-married", "Divorced") + ">50K\n",
    "adult.test": "|1x3 Cross validator\n" + ADULT_ROW + ">50K.\n",
    "adult.names": "| about the data\n",
}
ALI_CCP = {
    "ali_ccp_train_sample.csv": (
        "click,purchase,101,121,205,D109_14\n0,0,7,1,70,0.5\n1,0,7,1,71,0.25\n1,1,8,2,70,0\n"
    )
}
ALI_EXPRESS = {
    "train.csv": (
        "categorical_1,categorical_2,numerical_1,click,conversion\n3,1,0.5,1,0\n4,1,0.1,0,0\n"
    )
}
KUAIREC = {
    "small_matrix.csv": (
        "user_id,video_id,play_duration,video_duration,time,date,timestamp,watch_ratio\n"
        "14,148,4381,6067,2020-07-05 05:27:48.378,20200705,1593898068.378,0.722103\n"
        "14,183,11635,6100,2020-07-05 05:28:00.057,20200705,1593898080.057,1.907377\n"
    ),
    "item_categories.csv": 'video_id,feat\n148,[8]\n183,"[27, 9]"\n',
    "kuairec_caption_category.csv": (
        "video_id,manual_cover_text,caption,topic_tag,first_level_category_id,"
        "first_level_category_name\n148,x,A caption,[],8,颜值\n183,y,Another,[],27,高新数码\n"
    ),
    "user_features.csv": "user_id,user_active_degree,is_lowactive_period\n14,full_active,0\n",
}
KUAIRAND = {
    "log_standard_4_08_to_4_21_pure.csv": (
        "user_id,video_id,date,hourmin,time_ms,is_click,is_like,is_follow,is_comment,is_forward,"
        "is_hate,long_view,play_time_ms,duration_ms,profile_stay_time,comment_stay_time,"
        "is_profile_enter,is_rand,tab\n"
        "0,7,20220408,1400,1649400000500,1,0,0,0,0,0,1,19000,20000,0,0,0,0,1\n"
    ),
    "log_random_4_22_to_5_08_pure.csv": (
        "user_id,video_id,date,hourmin,time_ms,is_click,is_like,is_follow,is_comment,is_forward,"
        "is_hate,long_view,play_time_ms,duration_ms,profile_stay_time,comment_stay_time,"
        "is_profile_enter,is_rand,tab\n"
        "1,8,20220422,0,1650600000000,0,0,0,0,0,0,0,0,7000,0,0,0,1,1\n"
    ),
    "video_features_basic_pure.csv": (
        "video_id,author_id,video_type,upload_dt,tag\n7,1,NORMAL,2022-04-01,39\n8,2,AD,,\n"
    ),
    "user_features_pure.csv": "user_id,user_active_degree,register_days\n0,full_active,300\n",
}
IMITATIONS = {
    "MovieLens 100k": ML_100K,
    "MovieLens 1M": ML_1M,
    "MovieLens": ML_CSV,
    "Last.fm (HetRec 2011)": LAST_FM,
    "Lists of behaviours": LISTS,
    "Census-Income": CENSUS,
    "Adult": ADULT,
    "Ali-CCP": ALI_CCP,
    "AliExpress": ALI_EXPRESS,
    "KuaiRec": KUAIREC,
    "KuaiRand": KUAIRAND,
}


def write(folder, files):
    for name, text in files.items():
        encoding = "latin-1" if name == "u.item" else "utf-8"
        (folder / name).write_text(text, encoding=encoding, newline="")
    return folder


def log_of(folder, files):
    return read_plan(propose_plan([write(folder, files)]).plan).log


def test_every_layout_has_an_imitation():
    assert [layout.title for layout in LAYOUTS] == list(IMITATIONS)


@pytest.mark.parametrize("title", IMITATIONS)
def test_a_layout_is_known_by_its_folder_and_by_each_file_of_events(tmp_path, title):
    folder = write(tmp_path, IMITATIONS[title])
    plan = recognise([folder])
    assert plan.layout == title
    events = [part.path for part in plan.parts if part.table == "events"]
    for path in events:
        assert recognise([path]).layout == title
    result = read_plan(plan)
    rejected = {account.part.path.name: len(account.rejected) for account in result.parts}
    assert sum(rejected.values()) == rejected.get("adult.test", 0)
    assert result.n_read == result.n_accepted + result.n_rejected
    log, tasks = propose(result.log)
    assert [problem for problem in check_tasks(tasks, log) if problem.fatal] == []


@pytest.mark.parametrize("title", IMITATIONS)
def test_columns_of_another_form_are_not_taken_for_a_known_layout(tmp_path, title):
    write(tmp_path, dict.fromkeys(IMITATIONS[title], "who;what;how much;when;where\na;b;3;4;5\n"))
    assert recognise([tmp_path]) is None


def test_movielens_100k(tmp_path):
    log = log_of(tmp_path, ML_100K)
    assert log.item_table.kinds == ("movie",)
    assert log.item_table.titles.tolist() == ["Kolya (1996)", "Café Noir (1997)"]
    assert log.item_table.categories.tolist() == ["Comedy", "Crime"]
    assert log.item_table.features["categories"].tolist()[1] == "Crime|Film-Noir|Mystery|Thriller"
    assert log.labels["rating"].tolist() == [3, 4, 5]
    assert log.timestamps.tolist() == [881250949, 891717742, 891717743]
    assert log.user_table.features["age"].tolist() == [49, 39]
    assert log.user_table.features["occupation"].tolist() == ["writer", "executive"]
    _, tasks = propose(log)
    assert [task.name for task in tasks] == ["rating", "liked", "watched"]


def test_old_films_are_read_in_both_encodings(tmp_path):
    for encoding in ("latin-1", "utf-8"):
        write(tmp_path, ML_1M)
        text = ML_1M["movies.dat"].replace("Cuckoo", "Amélie")
        (tmp_path / "movies.dat").write_text(text, encoding=encoding, newline="")
        log = read_plan(recognise([tmp_path])).log
        assert log.item_table.titles.tolist()[1] == "Amélie"


def test_movielens_1m(tmp_path):
    log = log_of(tmp_path, ML_1M)
    assert log.item_table.titles.tolist() == ['James: a "Peach" (1996)', "Cuckoo"]
    assert log.item_table.categories.tolist() == ["Animation", "Drama"]
    assert log.user_table.features["gender"].tolist() == ["F", "M"]


def test_movielens_csv(tmp_path):
    plan = propose_plan([write(tmp_path, ML_CSV) / "ratings.csv"]).plan
    assert [part.path.name for part in plan.parts] == ["ratings.csv", "movies.csv"]
    log = read_plan(plan).log
    assert log.item_table.titles.tolist() == ["American President, The", "Dumbo"]
    assert log.labels["rating"].tolist() == [2.5, 4.0]


def test_last_fm_listens_and_follows(tmp_path):
    log = log_of(tmp_path, LAST_FM)
    table = log.item_table
    assert table.kinds == ("artist", "person")
    assert table.titles.tolist() == ["Duran Duran", '"MGMT" 2', "3", "2"]
    np.testing.assert_array_equal(log.labels["weight"], [13883, 11690, 7, NAN, NAN])
    np.testing.assert_array_equal(log.labels["follow"], [NAN, NAN, NAN, 1, 1])
    _, tasks = propose(log)
    assert {task.name: task.item_kind for task in tasks}["follow"] == "person"


@pytest.mark.parametrize("files", [LISTS, HEADED_LISTS])
def test_lists_of_behaviours(tmp_path, files):
    log = log_of(tmp_path, files)
    first, *_, last = log.labels
    assert (first, last) == ("view", "buy")
    assert set(log.item_table.ids.ids.tolist()) == {"10", "11"}
    assert [np.nansum(column) for column in log.labels.values()] == [
        text.count("\n") - text.count("item,user\n") for text in files.values()
    ]


def test_one_list_is_no_layout(tmp_path):
    assert recognise([write(tmp_path, {"buy.txt": LISTS["buy.txt"]})]) is None


def test_people_of_the_census_have_two_labels_and_features(tmp_path):
    log = log_of(tmp_path, CENSUS)
    assert log.n_users == len(log) == 3
    assert log.item_table.ids.ids.tolist() == ["all"]
    assert log.labels["income over 50K"].tolist() == [0, 1, 0]
    assert log.labels["never married"].tolist() == [0, 1, 0]
    assert log.context["age"].tolist() == [73, 30, 73]
    assert log.context["race"].tolist() == ["White"] * 3
    assert len(log.context) == 40
    assert not {"income", "marital status"} & set(log.context)


def test_adult_counts_the_line_that_is_no_person(tmp_path):
    result = read_plan(propose_plan([write(tmp_path, ADULT)]).plan)
    assert [(part.n_read, part.n_accepted) for part in result.parts] == [(2, 2), (2, 1)]
    assert result.log.labels["income over 50K"].tolist() == [0, 1, 1]
    assert result.log.labels["never married"].tolist() == [1, 0, 1]


def test_ali_ccp_and_ali_express_have_features(tmp_path):
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    log = log_of(tmp_path / "a", ALI_CCP)
    assert log.user_table.ids.ids.tolist() == ["7", "8"]
    assert log.labels["purchase"].tolist() == [0, 0, 1]
    assert list(log.context) == ["121", "D109_14"]
    log = log_of(tmp_path / "b", ALI_EXPRESS)
    assert log.n_users == 2
    assert list(log.context) == ["categorical_1", "numerical_1", "categorical_2"]


def test_kuairec(tmp_path):
    log = log_of(tmp_path, KUAIREC)
    assert log.timestamps.tolist() == [1593898068, 1593898080]
    np.testing.assert_allclose(log.labels["watch_ratio"], [0.722103, 1.907377])
    assert log.item_table.titles.tolist() == ["A caption", "Another"]
    assert log.item_table.categories.tolist() == ["颜值", "高新数码"]
    assert log.item_table.features["feat"].tolist() == ["[8]", "[27, 9]"]
    assert log.user_table.features["user_active_degree"].tolist() == ["full_active"]


def test_kuairand_joins_its_logs_and_a_chosen_one_stays_alone(tmp_path):
    log = log_of(tmp_path, KUAIRAND)
    assert log.timestamps.tolist() == [1650600000, 1649400000]
    assert log.labels["long_view"].tolist() == [0, 1]
    assert log.context["is_rand"].tolist() == [1, 0]
    assert log.item_table.features["author_id"].tolist() == [1, 2]
    plan = recognise([tmp_path / "log_standard_4_08_to_4_21_pure.csv"])
    assert [part.path.name[:12] for part in plan.parts] == [
        "log_standard",
        "video_featur",
        "user_feature",
    ]


def test_a_zip_and_gzips_are_known_too(tmp_path):
    with zipfile.ZipFile(tmp_path / "ml-latest-small.zip", "w") as archive:
        for name, text in ML_CSV.items():
            archive.writestr(f"ml-latest-small/{name}", text)
    (tmp_path / "packed").mkdir()
    for name, text in ML_CSV.items():
        (tmp_path / "packed" / f"{name}.gz").write_bytes(gzip.compress(text.encode()))
    for path in (tmp_path / "ml-latest-small.zip", tmp_path / "packed" / "ratings.csv.gz"):
        plan = propose_plan([path]).plan
        assert plan.layout == "MovieLens"
        log = read_plan(plan).log
        assert log.item_table.titles.tolist() == ["American President, The", "Dumbo"]
        assert log.labels["rating"].tolist() == [2.5, 4.0]
