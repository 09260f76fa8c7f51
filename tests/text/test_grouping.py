from __future__ import annotations

from datetime import UTC, datetime, timedelta

from newstext import pipeline
from newstext.copies import FEWEST_WORDS, fingerprint, similarity
from newstext.entities import counts, find
from newstext.grouping import StoryIndex
from newstext.hashtags import camel_case, key, of_story
from newstext.records import ArticleText, OpenStory, Placement
from newstext.related import find_related
from newstext.words import content_words, words
from tests.site import news

START = datetime(2026, 11, 16, 8, tzinfo=UTC)


def article(
    key: str, title: str, text: str, *, hours: float | None = 0, kind: str = "article", language: str = "en"
) -> ArticleText:
    at = None if hours is None else START + timedelta(hours=hours)
    return pipeline.mark_article(
        ArticleText(url="", id=key, title=title, text=text, published_at=at, language=language, kind=kind)
    )


def told(event: int, paper: int, **change) -> ArticleText:
    text = "\n\n".join(news.paragraphs_of(event, paper))
    return article(f"{event}-{paper}", news.title_of(event, paper), text, **{"hours": 24 * event + paper, **change})


def group(articles) -> dict[str, Placement]:
    return {one.article: one for one in pipeline.group_articles(articles, StoryIndex()) if isinstance(one, Placement)}


def test_tellings_of_one_event_form_one_story():
    placed = group([told(event, paper) for event in range(4) for paper in range(3)])
    for event in range(4):
        assert len({placed[f"{event}-{paper}"].story for paper in range(3)}) == 1
    assert len({one.story for one in placed.values()}) == 4


def test_it_works_without_times():
    placed = group([told(event, paper, hours=None) for paper in range(3) for event in range(4)])
    assert len({one.story for one in placed.values()}) == 4


def test_the_same_names_a_month_later_are_another_story():
    placed = group([told(0, 0, hours=0), told(0, 1, hours=24 * 40)])
    assert placed["0-0"].story != placed["0-1"].story


def test_wire_copy_with_new_headline_is_a_copy_of_the_first():
    text = "\n\n".join(news.paragraphs_of(0, 0) + news.paragraphs_of(1, 0)[1:3])
    placed = group(
        [
            article("first", "Ferry aground", text),
            article("second", "All safe off Meren", text, hours=2),
            article("third", "Reef holds ferry", text, hours=3),
        ]
    )
    assert [placed[name].copy_of for name in ("first", "second", "third")] == [None, "first", "first"]


def test_each_member_says_why():
    placed = group([told(0, 0), told(0, 1)])
    because = " ".join(placed["0-1"].because)
    assert "apart" in because or "same" in because
    assert "Port Meren" in because or "same" in because


def test_letters_and_newsletters_open_nothing_others_join():
    letter = article("letter", news.title_of(0, 0), "\n\n".join(news.paragraphs_of(0, 0)), kind="letters")
    placed = group([letter, told(0, 1)])
    assert placed["0-1"].story == "0-1"


def test_an_index_made_of_open_stories_goes_on():
    first = told(0, 0)
    index = StoryIndex([OpenStory("s1", "line1", (first.marks,))])
    [placed] = list(pipeline.group_articles([told(0, 1)], index))
    assert (placed.story, placed.storyline) == ("s1", "line1")
    index.forget_before(START + timedelta(days=30))
    assert len(index) == 0


def test_an_index_made_anew_takes_copies_for_copies():
    first = told(0, 0)
    copy = article("copy", news.title_of(0, 0), "\n\n".join(news.paragraphs_of(0, 0)), hours=30)
    kept = StoryIndex()
    placed = {one.article: one for one in pipeline.group_articles([first, copy], kept)}
    assert placed["copy"].copy_of == first.id
    copies = {"copy": (first.id, placed["copy"].score)}
    members = (first.marks, copy.marks)
    anew = StoryIndex([OpenStory(first.id, first.id, members, copies)])
    as_tellings = StoryIndex([OpenStory(first.id, first.id, members)])
    orphan = StoryIndex([OpenStory(first.id, first.id, (copy.marks,), copies)])  # its original stands elsewhere
    for index in (kept, anew, as_tellings, orphan):
        index.forget_before(START + timedelta(hours=20))
    assert [len(index) for index in (kept, anew, as_tellings, orphan)] == [0, 0, 1, 1]


def test_empty_and_odd_articles_are_safe():
    odd = [
        article(str(n), title, text)
        for n, (title, text) in enumerate(
            [("", ""), ("One", ""), ("", "1 2 3 4"), ("!!!", "???"), ("日本", "地震が起きた。")]
        )
    ]
    assert len(group(odd)) == len(odd)


def test_one_text_under_many_addresses_is_one_story_in_linear_time():
    text = "\n\n".join(news.paragraphs_of(2, 0) + news.paragraphs_of(1, 0))
    placed = group([article(str(number), "Comet", text, hours=number / 100) for number in range(600)])
    assert len({one.story for one in placed.values()}) == 1


def test_edited_copies_share_most_runs_and_other_texts_none():
    text = " ".join(" ".join(news.paragraphs_of(event, 0)) for event in range(2))
    other = " ".join(" ".join(news.paragraphs_of(event, 0)) for event in (2, 3))
    edited = "By our reporter. " + " ".join(text.split()[: int(0.9 * len(text.split()))])
    assert similarity(fingerprint(text), fingerprint(edited)) > 0.7
    assert similarity(fingerprint(text), fingerprint(other)) < 0.1
    assert fingerprint(" ".join(["word"] * (FEWEST_WORDS - 1))) == ()


def test_related_articles_give_their_reason_and_no_copy_twice():
    text = (
        "Divers looked at the hull of the Halda in Port Meren on Thursday. Captain Anders Quill told the coast guard "
        "that the fog over the Meren Sound had hidden the reef. The Torrin Shipping Line will decide on Friday."
    )
    later = article("later", "Divers look at ferry Halda", text, hours=40)
    copy = article("copy", "Halda: divers at work", text, hours=41)
    others = [told(event, 0) for event in range(4)]
    ranked = dict(find_related([*others, later, copy], top=5))
    first = ranked["0-0"][0]
    assert first.id in ("later", "copy")
    assert first.shown
    assert "Port Meren" in " ".join(first.because)
    assert not {"later", "copy"} <= {one.id for one in ranked["0-0"]}
    assert not any(one.shown for one in ranked["2-0"])


def test_hashtags_are_what_the_story_is_about():
    tags = of_story([told(0, paper) for paper in range(3)])
    assert "#PortMeren" in tags
    assert all(tag.startswith("#") and " " not in tag for tag in tags)
    assert len({key(tag) for tag in tags}) == len(tags)


def test_tags_are_written_in_their_own_script():
    assert camel_case("water law") == "#WaterLaw"
    assert camel_case("الأمم المتحدة") == "#الأمم_المتحدة"
    assert key("#WaterLaw") == key("waterlaw")


def test_names_are_runs_of_capitals_without_titles_and_days():
    text = "On Monday President Ada Brask met Otto Vane in Port Meren. Brask said no. The river rose."
    names = [name.text for name in find(text, language="en")]
    assert names[:3] == ["Ada Brask", "Otto Vane", "Port Meren"]
    assert counts(find(text, language="en"))["Ada Brask"] == 2


def test_words_are_folded_in_any_script():
    assert words("Élan’s CAFÉ l'été") == ["elan", "cafe", "ete"]
    assert words("الأُمَم") == words("الامم")
    assert content_words("The river and the sea", "en") == ["river", "sea"]
    assert content_words("xyz and", "qq") == ["xyz", "and"]
