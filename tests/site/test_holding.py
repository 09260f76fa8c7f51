"""Why comments are held, refused or shown at once; a machine that sends a thousand a minute is not seen."""

from __future__ import annotations

import hashlib
from datetime import timedelta

import pytest

from newsroom.comments import bayes, holding, limits, prints, proof
from newsroom.comments.attempt import Attempt
from newsroom.comments.models import Comment, ThreadRule
from newsroom.comments.moderation import Sanction, SpamWord
from newsroom.readers.models import Reader
from newsroom.readers.origin import hash_address
from tests.site.stories import NOW, TEXT, make_story

pytestmark = pytest.mark.django_db
WORDS = "The gates were opened late, and nobody in our street was warned of it."


@pytest.fixture
def story():
    return make_story("The dam above Ostra held", TEXT)


@pytest.fixture
def easy(monkeypatch):
    """Proofs of four bits, so that a test works them out at once."""
    monkeypatch.setattr(proof, "BITS", 4)


def worked(place, *, now=NOW, salt=0) -> str:
    start = proof.start_of(place, now - timedelta(seconds=40))
    tries = (f"{start}~{salt:016x}~{count}" for count in range(100_000))
    return next(one for one in tries if proof.has_zeros(hashlib.sha256(one.encode()).digest()))


def attempt(place, **more) -> Attempt:
    said = {
        "reader": None,
        "name": "Ada",
        "text": WORDS,
        "place": place,
        "parent": None,
        "address": "192.0.2.7",
        "now": NOW,
        "seconds_taken": 40.0,
        "trap": "",
        "proof": "",
    }
    return Attempt(**{**said, **more})


def known(place, *, name="Ada", address="192.0.2.7", reader=None, state="shown", count=1):
    for number in range(count):
        Comment.objects.create(
            story=place, name=name, reader=reader, text=f"Earlier {number}", state=state,
            created_at=NOW - timedelta(days=1), address_hash=hash_address(address),
        )  # fmt: skip


def test_a_known_writer_with_a_proof_is_shown_at_once(story, easy):
    known(story)
    assert holding.reasons(attempt(story, proof=worked(story))) == []


def test_the_first_comment_of_a_writer_is_held(story, easy):
    assert holding.reasons(attempt(story, proof=worked(story))) == ["first"]
    known(story, name="Somebody else")
    assert holding.reasons(attempt(story, proof=worked(story, salt=1))) == ["first"]


def test_how_many_are_read_first_is_the_operators_choice(story, easy, settings):
    settings.COMMENTS_READ_FIRST = 3
    known(story, count=2)
    assert "first" in holding.reasons(attempt(story, proof=worked(story)))
    known(story)
    assert (
        holding.reasons(attempt(story, text="It held, and that is all we know of it.", proof=worked(story, salt=1)))
        == []
    )


@pytest.mark.parametrize(
    ("more", "reason"),
    [
        ({"proof": ""}, "no_proof"),
        ({"trap": "https://spam.example"}, "trap"),
        ({"seconds_taken": 0.4}, "fast"),
        ({"text": "See https://a.example and https://b.example and [this](//c.example)"}, "links"),
    ],
)
def test_each_sign_of_a_machine_is_named(story, easy, more, reason):
    known(story)
    found = holding.reasons(attempt(story, **{"proof": worked(story), **more}))
    assert found == [reason]
    assert str(holding.REASONS[reason])


def test_a_proof_holds_once_for_its_thread_and_a_day(story, easy):
    other = make_story("Another dam", TEXT.replace("Ostra", "Bazan"), number=2)
    done = worked(story)
    assert not proof.use(done, other, NOW)
    assert not proof.use(done, story, NOW + timedelta(days=2))
    others = [done.replace("~0000", f"~{number:04x}") for number in range(1, 9)]  # one of many holds by chance
    assert not all(proof.use(other_work, story, NOW) for other_work in others)
    assert proof.use(done, story, NOW)
    assert not proof.use(done, story, NOW)
    assert not proof.use("", story, NOW)
    assert not proof.use("story-1.99:x~" + "0" * 16 + "~1", story, NOW)


def test_a_start_is_signed_for_one_thread(story):
    start = proof.start_of(story, NOW - timedelta(seconds=9))
    assert proof.of_form({"started": start, "proof": "p"}, story, NOW) == (pytest.approx(9, abs=1), "p")
    assert proof.seconds_since(start[:-1] + ("a" if start[-1] != "a" else "b"), story, NOW) is None
    assert proof.seconds_since(start.replace("story", "article"), story, NOW) is None
    assert proof.seconds_since(start, story, NOW + timedelta(days=2)) is None
    assert proof.seconds_since("", story, NOW) is None


def test_words_of_the_operators_list_hold_a_comment(story, easy, settings, tmp_path):
    known(story)
    file = tmp_path / "words.txt"
    file.write_text("# not for this place\nbuy gold\nWÜRMER\n\n", encoding="utf-8")
    settings.SUSPECT_WORDS = str(file)
    assert holding.has_suspect_words("You should  BUY\nGold now")
    assert holding.has_suspect_words("ｂｕｙ ｇｏｌｄ")
    assert holding.has_suspect_words("Überall Würmer!")
    assert not holding.has_suspect_words("buy goldfish")
    assert not holding.has_suspect_words("# not for this place")
    assert holding.reasons(attempt(story, text="Everybody here should buy gold.", proof=worked(story))) == ["words"]


def test_the_same_and_nearly_the_same_text_is_held(story, easy):
    text = "Earn four hundred crowns a day from your kitchen table, ask me how it is done today"
    for address in ("192.0.2.7", "192.0.2.8", "192.0.2.9"):
        known(story, address=address)
    assert holding.reasons(attempt(story, text=text, proof=worked(story))) == []
    changed = attempt(story, text=text.upper() + "!!!", address="192.0.2.8", proof=worked(story, salt=1))
    assert holding.reasons(changed) == ["same"]
    near = attempt(story, text=text.replace("today", "now"), address="192.0.2.9", proof=worked(story, salt=2))
    assert holding.reasons(near) == ["near"]


def test_short_words_of_many_are_no_copy(story, easy):
    for number, address in enumerate(("192.0.2.7", "192.0.2.8")):
        known(story, address=address)
        assert (
            holding.reasons(attempt(story, text="Well said!", address=address, proof=worked(story, salt=number))) == []
        )


def test_different_comments_of_one_subject_are_not_near():
    texts = [
        "The mayor knew in May that the gates were rusted and did nothing about it.",
        "My cousin works at the dam, and she says that the gates were painted last year.",
        "Rust is not the point. The rain of that night would have moved any gate.",
        "Who pays for the schools now? The water board had money for a new hall.",
    ]
    near = [prints.near_of(text) for text in texts]
    assert min((a ^ b).bit_count() for i, a in enumerate(near) for b in near[:i]) > prints.NEAR_BITS


def test_recent_refusals_of_a_writer_hold_the_next(story, easy):
    known(story, count=3)
    known(story, state="refused", count=2)
    assert holding.reasons(attempt(story, proof=worked(story))) == ["refused"]


def test_a_premoderated_thread_holds_trusted_readers_but_no_moderator(story, easy):
    ThreadRule.objects.create(story=story, premoderated=True)
    trusted = Reader.objects.create_user("tia@meren.example", role="trusted")
    assert holding.reasons(attempt(story, reader=trusted)) == ["premoderated"]
    moderator = Reader.objects.create_user("mo@meren.example", role="moderator")
    assert holding.reasons(attempt(story, reader=moderator)) == []


def test_nothing_but_the_rules_holds_a_trusted_reader(story):
    trusted = Reader.objects.create_user("tia@meren.example", role="trusted")
    assert holding.reasons(attempt(story, reader=trusted, text="https://a.example " * 5, proof="")) == []


def test_who_is_banned_is_told_until_when_and_why(story):
    reader = Reader.objects.create_user("cem@meren.example")
    Sanction.objects.create(
        reader=reader, kind="ban", until=NOW + timedelta(days=7), reason="Threats", at=NOW, address_hash="x"
    )
    sent = attempt(story, reader=reader)
    assert holding.reasons(sent) == ["banned"]
    told = holding.refusal(["banned"], sent)
    assert "Threats" in told
    assert "2026" in told
    assert holding.reasons(attempt(story, reader=reader, now=NOW + timedelta(days=8))) != ["banned"]


def test_who_signs_out_after_a_ban_is_read_first(story, easy):
    reader = Reader.objects.create_user("cem@meren.example")
    known(story)
    Sanction.objects.create(reader=reader, kind="ban", reason="x", at=NOW, address_hash=hash_address("192.0.2.7"))
    assert holding.reasons(attempt(story, proof=worked(story))) == ["watched"]


def test_limits_count_account_address_and_the_64_of_ipv6(story, settings):
    settings.COMMENTS_PER_HOUR = 2
    reader = Reader.objects.create_user("ada@meren.example")
    taken = [limits.take(attempt(story, reader=reader, address=f"192.0.2.{n}"), is_proven=True) for n in range(3)]
    assert taken == [True, True, False]
    taken = [limits.take(attempt(story, address=f"2001:db8:1:2::{n}"), is_proven=True) for n in range(1, 4)]
    assert taken == [True, True, False]
    assert limits.take(attempt(story, address="2001:db8:1:3::1"), is_proven=True)
    assert limits.take(attempt(story, address="2001:db8:1:2::9", now=NOW + timedelta(hours=1)), is_proven=True)
    assert limits.network_of("::ffff:192.0.2.7") == "192.0.2.7"
    assert limits.network_of("nonsense") == "nonsense"


def test_too_many_are_refused_and_told(story, settings):
    settings.COMMENTS_PER_HOUR = 1
    assert holding.reasons(attempt(story)) == ["first", "no_proof"]
    again = attempt(story, text="Another thought of mine on the same matter.")
    assert holding.reasons(again) == ["too_often"]
    assert "hour" in holding.refusal(["too_often"], again)


@pytest.mark.parametrize("many", [False, True], ids=["one address", "a thousand addresses"])
def test_of_a_machine_that_sends_a_thousand_a_minute_nothing_is_shown(story, many):
    shown = refused = 0
    for number in range(1000):
        address = f"2001:db8:{number:x}::1" if many else "192.0.2.66"
        at = NOW + timedelta(milliseconds=60 * number)
        text = f"Earn {number} crowns a day from home, see https://win{number}.example"
        found = holding.reasons(
            attempt(story, name=f"Bot {number}", address=address, now=at, text=text, seconds_taken=None)
        )
        shown += found == []
        refused += found == ["too_often"]
    assert shown == 0
    assert refused >= (400 if many else 990)  # the queue of moderators is not filled either


def test_an_edit_is_neither_counted_nor_a_copy_of_itself(story, easy, settings):
    settings.COMMENTS_PER_HOUR = 1
    known(story)
    assert holding.reasons(attempt(story, proof=worked(story))) == []
    assert holding.reasons(attempt(story, text=WORDS + " At all."), is_edit=True) == []


SPAM = (
    "Visit my channel and win a free phone number {n}", "Cheap loans without questions, write to me, offer {n}",
    "I made {n} crowns this week working from home, subscribe to learn how",
)  # fmt: skip
GOOD = (
    "The bridge of Karsa was closed for {n} days in spring as well, and nobody wrote of it",
    "I was there on Monday; the water stood {n} steps below the church door",
    "The minister has promised this {n} times now, and the wells are still dry",
)


def test_what_moderators_refused_as_spam_is_known_again_and_taught_only_by_them():
    sent = "Subscribe to my channel and win free loans, working from home"
    assert not bayes.is_likely_spam(sent)
    for number in range(25):
        bayes.learn(SPAM[number % 3].format(n=number), NOW, is_spam=True)
        bayes.learn(GOOD[number % 3].format(n=number), NOW, is_spam=False)
    assert bayes.is_likely_spam(sent)
    assert not bayes.is_likely_spam("The bridge was closed on Monday, and the wells of the church are dry")
    for number in range(25):
        bayes.unlearn(SPAM[number % 3].format(n=number), is_spam=True)
    assert not bayes.is_likely_spam(sent)
    assert not SpamWord.objects.filter(spam__gt=0).exists()
    assert not SpamWord.objects.filter(word__contains="channel").exists()  # nobody's words are kept


def test_what_the_filter_knows_stays_bounded(monkeypatch):
    monkeypatch.setattr(bayes, "ROWS_MOST", 400)
    for number in range(30):
        bayes.learn(
            GOOD[number % 3].format(n=number) + f" {hashlib.md5(str(number).encode()).hexdigest()}", NOW, is_spam=False
        )
    assert SpamWord.objects.count() <= 800
    assert SpamWord.objects.get(word="").good == 30
