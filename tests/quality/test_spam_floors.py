"""The filter of comments on wordings it never saw; the public set is measured by `./run measure spam`."""

from __future__ import annotations

from newsroom import measure_spam
from newsroom.spam_cases import made_by_rule


def test_spam_of_unseen_wordings_is_stopped_and_honest_comments_are_not():
    made = made_by_rule()
    ours = measure_spam.filtered(made, by_group=True, has_copies=False)
    plain = measure_spam.of_links(made, most=0)
    assert ours.stopped >= 0.88
    assert ours.false <= 0.01
    assert ours.stopped > plain.stopped + 0.2
