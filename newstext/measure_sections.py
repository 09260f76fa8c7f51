"""newstext measure sections: sections and countries on labelled news, beside the publisher's word and counted words.

Labels: tests/quality/section-labels.json, ids alone. The "tune" part may be
looked at; "held" only counts. Right: the label, or the other one of a real tie.
"""

from __future__ import annotations

import gzip
import json
import random
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from newstext import extract
from newstext.countries import countries_of
from newstext.measuring import data_folder, read_rows, table
from newstext.records import ArticleText, Page, Rejected
from newstext.sections import GENERAL, own_sections, path_parts, section_of, topic_words, usual_of
from newstext.words import words

LABELS = Path(__file__).resolve().parent.parent / "tests" / "quality" / "section-labels.json"
DRAWS = 1000
USUAL_FROM_LAST = 200  # items of a publisher, as the site looks at
Labels = Mapping[str, Mapping[str, Any]]
Rule = Callable[[ArticleText], str]


def main(argv: list[str]) -> int:
    """Print the share that is right, the share called General, each with what the plain rules reach; then countries."""
    labels = json.loads(LABELS.read_text(encoding="utf-8"))
    articles = read_articles(data_folder(), {key for part in labels.values() for key in part})
    usual = usual_sections(data_folder(), set(articles))
    rules: tuple[tuple[str, Rule], ...] = (
        ("ours", lambda article: section_of(article, usual=usual.get(article.publisher, {})).name),
        ("ours, publishers not known", ours),
        ("the publisher's own section", by_publisher),
        ("counted words of the sections' names", by_names),
        ("counted words, ours unweighted", by_count),
    )
    for part, listed in labels.items():
        rows = [_row(name, rule, articles, listed) for name, rule in rules]
        print(table(f"sections, {part}", ("", "right", "95 %", "General", "n"), rows))
    print(table("countries", ("", "precision", "recall", "first right", "n"), _country_rows(articles, labels)))
    print(_differ(rules[0][1], articles, labels["held"]))
    return 0


def read_articles(folder: Path, wanted: set[str]) -> dict[str, ArticleText]:
    """The labelled items as the site would read them: feed items with their teaser, pages with their body."""
    found: dict[str, ArticleText] = {}
    for row in read_rows(folder / "stream" / "raw.jsonl.gz"):
        if row["id"] in wanted:
            found[row["id"]] = ArticleText(
                url=row["url"], title=row["title"], text=row["text"], language=row["language"],
                publisher=row["publisher"],
            )  # fmt: skip
    for row in read_rows(folder / "extraction" / "manifest.jsonl.gz"):
        if row["id"] in wanted:
            body = gzip.decompress((folder / "extraction" / row["file"]).read_bytes())
            read, _ = extract.read_page(Page(row["url"], body))
            found[row["id"]] = ArticleText(url=row["url"]) if isinstance(read, Rejected) else read
    return found


def usual_sections(folder: Path, but: set[str]) -> dict[str, dict[str, float]]:
    """What each publisher of the stream mostly writes of, by our own rule, from its items that are not labelled."""
    said: dict[str, list[str]] = defaultdict(list)
    for row in read_rows(folder / "stream" / "raw.jsonl.gz"):
        if row["id"] not in but and len(said[row["publisher"]]) < USUAL_FROM_LAST:
            article = ArticleText(url=row["url"], title=row["title"], text=row["text"], language=row["language"])
            said[row["publisher"]].append(ours(article))
    return {publisher: usual_of(names) for publisher, names in said.items()}


def ours(article: ArticleText) -> str:
    return section_of(article).name


def by_publisher(article: ArticleText) -> str:
    """The first topical section that the publisher's label or the address names."""
    labels = (article.section, *article.tags[:8], *path_parts(article.canonical_url or article.url))
    return next((hit.split(":")[1] for hit in own_sections(labels)), GENERAL)


def by_names(article: ArticleText) -> str:
    """The section whose publishers' names for it stand most often in headline and text."""
    counted: Counter[str] = Counter()
    for word in words(f"{article.title} {article.text}", article.language)[:400]:
        counted.update(hit.split(":")[1] for hit in own_sections([word]))
    return counted.most_common(1)[0][0] if counted else GENERAL


def by_count(article: ArticleText) -> str:
    """The section most words of our own lists speak for, wherever they stand."""
    counted: Counter[str] = Counter()
    known = topic_words(article.language or "en")
    for word in words(f"{article.title} {article.text}", article.language)[:400]:
        counted.update(known.of(word).keys())
    return counted.most_common(1)[0][0] if counted else GENERAL


def is_right(said: str, label: Mapping[str, Any]) -> bool:
    return said in (label["section"], label.get("or"))


def _row(name: str, rule: Rule, articles: Mapping[str, ArticleText], labels: Labels) -> tuple[str, ...]:
    said = {key: rule(articles[key]) for key in labels}
    hits = [is_right(said[key], label) for key, label in labels.items()]
    low, high = _interval(hits)
    general = sum(one == GENERAL for one in said.values()) / len(said)
    return (
        name,
        _percent(sum(hits) / len(hits)),
        f"{_percent(low)} to {_percent(high)}",
        _percent(general),
        str(len(hits)),
    )


def _interval(hits: list[bool]) -> tuple[float, float]:
    rng = random.Random(4)
    shares = sorted(sum(rng.choices(hits, k=len(hits))) / len(hits) for _ in range(DRAWS))
    return shares[DRAWS // 40], shares[-DRAWS // 40]


def _differ(rule: Rule, articles: Mapping[str, ArticleText], labels: Labels) -> str:
    """A paired bootstrap over items: how often the publisher's own section is as good as ours."""
    gains = [
        is_right(rule(articles[key]), label) - is_right(by_publisher(articles[key]), label)
        for key, label in labels.items()
    ]
    rng = random.Random(5)
    lost = sum(sum(rng.choices(gains, k=len(gains))) <= 0 for _ in range(DRAWS))
    return f"held: ours no better than the publisher's own section in {lost} of {DRAWS} draws of the items"


def _country_rows(articles: Mapping[str, ArticleText], labels: Mapping[str, Labels]) -> list[tuple[str, ...]]:
    rows: list[tuple[str, ...]] = []
    for part, listed in labels.items():
        hits = said = wanted = first = asked = 0
        for key, label in listed.items():
            gold, found = label.get("countries", []), countries_of(articles[key])
            hits += len(set(gold) & set(found))
            said += len(found)
            wanted += len(gold)
            asked += bool(gold)
            first += bool(found) and found[0] in gold
        rows.append((part, _percent(hits / said), _percent(hits / wanted), _percent(first / asked), str(asked)))
    return rows


def _percent(share: float) -> str:
    return f"{100 * share:.1f}"
