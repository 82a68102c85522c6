"""Offer the facts that narrow the answers of a search, each value with its number of answers."""

from collections.abc import Callable
from dataclasses import dataclass

from django.db.models import Value

from documents.models import Family
from documents.vocabulary import Agency, DocumentType, Field
from portal.search.forms import FACTS, SearchForm
from portal.search.results.answers import Answers
from portal.text import vietnamese

SHOWN = 8
_VOCABULARIES = {"loai-van-ban": DocumentType, "co-quan": Agency, "linh-vuc": Field}


def dotted(number: int) -> str:
    """Return the count of a facet as it is written in Vietnamese: "10.000"."""
    return f"{number:,}".replace(",", ".")


@dataclass(frozen=True)
class Choice:
    """One value of a fact; its address chooses it or, when it is chosen, lets it go."""

    label: str
    count: int
    url: str
    is_current: bool
    is_least: bool = False

    @property
    def count_words(self) -> str:
        """Return the count of a facet's choice in words, with "+" where more were not counted."""
        return dotted(self.count) + ("+" if self.is_least else "")


def facets(
    found: Answers, form: SearchForm, address: Callable[..., str]
) -> list[tuple[str, list[Choice]]]:
    """Return the facets in which the hits differ, the most frequent choices first.

    `address`: function of (form, name=value) that gives an address. One query for the words of all.
    """
    counts = {name: found.counts(name) for name in FACTS}
    labels = _labels(counts, form.chosen())
    groups = []
    for name, words in FACTS.items():
        chosen = form.chosen().get(name)
        values = counts[name] | ({chosen: counts[name].get(chosen, 0)} if chosen else {})
        known = [value for value in values if (name, value) in labels]
        if name == "nam":
            known.sort(reverse=True)
        else:
            known.sort(key=lambda value: (-values[value], vietnamese.sort_key(labels[name, value])))
        shown = known[:SHOWN] + [value for value in known[SHOWN:] if value == chosen]
        if len(known) > 1 or chosen in known:
            groups.append(
                (
                    words,
                    [
                        Choice(
                            label=labels[name, value],
                            count=values[value],
                            url=address(form, **{name: "" if value == chosen else value}),
                            is_current=value == chosen,
                            is_least=found.is_capped,
                        )
                        for value in shown
                    ],
                )
            )
    return groups


def _labels(
    counts: dict[str, dict[str, int]], chosen: dict[str, str]
) -> dict[tuple[str, str], str]:
    """Name the choices of the facets, {(fact, value): words}, that are counted or chosen."""
    labels = {("nhom", family.value): family.label for family in Family}
    reads = []
    for name, model in _VOCABULARIES.items():
        slugs = {*counts[name], *filter(None, [chosen.get(name)])}
        if slugs:
            rows = model.objects.filter(slug__in=slugs).order_by()
            reads.append(rows.annotate(of=Value(name)).values_list("of", "slug", "name"))
    for of, slug, words in reads[0].union(*reads[1:], all=True) if reads else ():
        labels[of, slug] = words
    for year in {*counts["nam"], *filter(None, [chosen.get("nam")])}:
        labels["nam", year] = year
    return labels
