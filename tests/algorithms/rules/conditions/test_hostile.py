"""Strings that look like code, and worse: each is refused, quickly, with a sentence."""

import time

import pytest

from algorithms.rules.conditions import (
    ConditionError,
    Field,
    Fields,
    Scope,
    ValueType,
    read_condition,
)

FIELDS = Fields(
    (
        Field(Scope.ITEM, "kind", ValueType.TEXT),
        Field(Scope.ITEM, "price", ValueType.NUMBER),
        Field(Scope.SCORE, "click", ValueType.NUMBER),
        Field(Scope.PLACE, "place", ValueType.NUMBER),
    )
)
HOSTILE = [
    "__import__('os').system('true')",
    "__import__",
    "eval('1')",
    "exec('1')",
    "open('/etc/passwd').read() == ''",
    "().__class__.__bases__[0].__subclasses__()",
    "item.__class__ == 1",
    "item.kind.__class__.__mro__",
    "item.kind.upper() == 'AD'",
    "item.kind.__len__() == 2",
    "item['__dict__'] == 1",
    "item['kind']['x'] == 'a'",
    "item[0] == 'a'",
    "item[item.kind] == 'a'",
    "score[place] < 1",
    "score['click':] < 1",
    "getattr(item, 'kind') == 'ad'",
    "lambda: True",
    "(lambda: (yield))()",
    "[x for x in (1, 2)]",
    "{x for x in (1,)} == 1",
    "{'a': 1} == 1",
    "{1, 2}",
    "(x for x in (1,))",
    "place if place else 1",
    "(place := 3) == 3",
    "await place",
    "f'{place}' == '1'",
    "b'ad' == item.kind",
    "r'\\d' == item.kind",
    "'\\x41' == item.kind",
    "'\\N{DIGIT ONE}' == item.kind",
    "9 ** 9 ** 9 ** 9 > place",
    "10 ** 1000000 == place",
    "1 << 10000000 == place",
    "9" * 1_900 + " > place",
    "1e999 > place",
    "0x" + "f" * 500 + " > place",
    "1j == place",
    "-" * 1_900 + "1 == place",
    "not " * 480 + "place == 1",
    "(" * 900 + "1" + ")" * 900 + " == place",
    "[" * 900 + "]" * 900,
    "1 in " + "(1," * 300 + ")" * 300,
    "1 + " * 480 + "1 == place",
    "place == 1 and " * 120 + "place == 1",
    "item.kind in (" + "'a'," * 400 + ")",
    "'a' * 1000000000 == item.kind",
    "('a',) * 1000000000 == item.kind",
    "item.kind % 100000000 == 'a'",
    "'%1000000000d' % 1 == item.kind",
    "place == 1; import os",
    "place == 1\nimport os",
    "import os",
    "place == 1 # comment",
    "place == 1)) or ((1 == 1",
    "1) or (1",
    "*item == 1",
    "**item == 1",
    "place @ place == 1",
    "~place == 1",
    "place // 0 == 1",
    "place is None",
    "None == None",
    "... == ...",
    "print",
    "__builtins__",
    "globals()['x'] == 1",
    "place == 1 == (yield 1)",
    "item.kind == '\0'",
    "item.kind == '\ud800'",
    "\ufeffplace == 1",
    "place\u200b == 1",
    "ｐｌａｃｅ.kind == 1",
    "item.kind == 'a' 'b'",
    "\u202eplace == 1",
    "' OR 1=1; DROP TABLE rules; --",
    "${jndi:ldap://example.org/a}",
    "{{7*7}} == 49",
    "<script>alert(1)</script>",
    "x" * 2_000,
    "place == 1 or " * 10_000,
    "\x00" * 2_000,
    "'" * 1_999,
    "1" + "_" * 1_500 + "1 == place",
    "." * 2_000,
    "1 < " * 480 + "place",
    "0or place == 1",
    "a.b.c.d.e.f.g == 1",
    "match place: pass",
    "print(place)",
]


@pytest.fixture(scope="module", autouse=True)
def _warm() -> None:
    read_condition("place == 1", FIELDS)


def test_there_are_enough_of_them() -> None:
    assert len(set(HOSTILE)) >= 50


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_it_is_refused_at_once_with_a_sentence(text: str) -> None:
    spent = []
    for _ in range(3):  # the quickest of three: another program may have the processor
        started = time.perf_counter()
        with pytest.raises(ConditionError) as caught:
            read_condition(text, FIELDS)
        spent.append(time.perf_counter() - started)
    assert min(spent) < 0.05
    assert 0 <= caught.value.start <= len(text)
    assert len(str(caught.value)) < 400


def test_a_misspelt_name_among_a_thousand_long_ones_is_refused_at_once() -> None:
    known = tuple(
        Field(Scope.ITEM, f"feature number {n} of a table with long names", ValueType.NUMBER)
        for n in range(1_000)
    )
    spent = []
    for _ in range(3):
        started = time.perf_counter()
        with pytest.raises(ConditionError):
            read_condition(
                'item["feature numbr 500 of a tabel with long names"] == 1', Fields(known)
            )
        spent.append(time.perf_counter() - started)
    assert min(spent) < 0.05
