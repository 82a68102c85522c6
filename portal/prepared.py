"""Queries whose SQL is put together once: Django takes ten times as long to write a short query as the database to answer it.

For what every page asks, and for nothing else. `docs/decisions/0018-…` says what that buys.
"""

import copy
from datetime import UTC, datetime, timedelta

from django.db import DEFAULT_DB_ALIAS, connection
from django.db.models.query import ModelIterable

#: Values by which the places of parameters are found: two for each type, none of which a query carries by itself.
_MARKS = {
    str: ("\ue000", "\ue001"),
    int: (2_000_000_011, 2_000_000_033),
    datetime: (datetime(8001, 2, 3, tzinfo=UTC), datetime(8002, 3, 4, tzinfo=UTC)),
}
_ready = {}


def rows(name, build, **values):
    """Return the rows (list of model instances) of the queryset `build(**values)`.

    `name`: hashable, the same for the same `build` and whatever else it depends on. `values`: str, int or aware datetime, each of
    them a parameter of the SQL and nothing else. Raises ValueError where one is not, or where the queryset prefetches.
    """
    key = (connection.vendor, name)
    query = _ready.get(key)
    if query is None:
        query = _ready[key] = _Query(build, {name: type(value) for name, value in values.items()})
    return query.rows(values)


class _Query:
    """A compiled queryset, and which value goes where among its parameters."""

    def __init__(self, build, types):
        marks = {name: _marks(kind, place) for place, (name, kind) in enumerate(types.items())}
        marked = {name: mark for name, (mark, _) in marks.items()}
        queryset = build(**marked)
        if queryset._prefetch_related_lookups or queryset._iterable_class is not ModelIterable:
            raise ValueError("only plain rows can be prepared")
        self.model = queryset.model
        self.compiler, self.sql, self.parameters = _compiled(queryset)
        self.places = []
        for name, (_, other) in marks.items():
            _, sql, changed = _compiled(build(**marked | {name: other}))
            places = [
                place
                for place, (old, new) in enumerate(zip(self.parameters, changed, strict=True))
                if old != new
            ]
            if sql != self.sql or not places:
                raise ValueError(f"{name} is no parameter of the query")
            self.places += [(place, name, types[name] is datetime) for place in places]
        columns = [
            expression for expression, _, _ in self.compiler.select[: self.compiler.col_count]
        ]
        self.converters = self.compiler.get_converters(columns)

    def rows(self, values):
        """Return the rows (list) with `values` (dict) in their places."""
        parameters = self.parameters.copy()
        for place, name, is_moment in self.places:
            value = values[name]
            parameters[place] = (
                connection.ops.adapt_datetimefield_value(value) if is_moment else value
            )
        compiler = copy.copy(self.compiler)
        compiler.connection = connection  # each thread has its own
        compiler.as_sql = lambda: (self.sql, parameters)
        compiler.get_converters = lambda expressions: self.converters
        return list(ModelIterable(_Asked(self.model, compiler)))


class _Asked:
    """What Django's iteration wants to know of a queryset and its query."""

    db = DEFAULT_DB_ALIAS
    _known_related_objects = {}

    def __init__(self, model, compiler):
        self.model, self.compiler = model, compiler
        self.query = self

    def get_compiler(self, using):
        """Return the compiler that has its SQL."""
        return self.compiler


def _compiled(queryset):
    """Return (compiler, SQL, parameters (list)) of a queryset."""
    compiler = queryset.query.get_compiler(DEFAULT_DB_ALIAS)
    sql, parameters = compiler.as_sql()
    return compiler, sql, list(parameters)


def _marks(kind, place):
    """Return two values of the type `kind` that stand for the value number `place` and for no other."""
    if kind is datetime:
        return tuple(mark + timedelta(days=place) for mark in _MARKS[kind])
    return tuple(mark + (str(place) if kind is str else place) for mark in _MARKS[kind])
