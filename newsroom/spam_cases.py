"""Comments made by rule for `./run measure spam` and its floor: invented, a wording with other words in its gaps.

Each wording is a group: the filter is judged on wordings that it never saw.
"""

from __future__ import annotations

import random

from newsroom.measure_spam import Labelled

EACH = 8  # comments of one wording
GAPS: dict[str, tuple[str, ...]] = {
    "what": ("phone", "laptop", "gold watch", "gift card", "handbag", "perfume", "console", "necklace"),
    "money": ("400 crowns", "$950", "3,000 a week", "€ 75 an hour", "5000 a month", "1.2 coins a day"),
    "site": ("win-now.example", "http://cheap.example/x1", "www.offers.example", "https://t.example/go?id=7"),
    "who": ("Marla", "coach Brix", "Dr Odum", "my aunt", "a trader named Vint", "this woman"),
    "town": ("Ostra", "Port Meren", "Karsa", "Lindhaven", "Sandwick", "Bazan"),
    "thing": ("the dam", "the ferry", "the water law", "the school", "the bridge", "the tram line", "the museum"),
    "day": ("Monday", "last spring", "in 1998", "the night of the storm", "yesterday", "two years ago"),
    "body": ("the water board", "the council", "the shipping line", "the ministry", "the police", "the mayor"),
}
SPAM = (
    "Make {money} from home, ask me how, or look at {site}",
    "Free {what} for the first hundred! Claim yours now at {site} !!!",
    "I lost all hope until {who} doubled my money in a week. Contact on WhatsApp +00 555 0{n}",
    "Subscribe to my channel and I will subscribe back, we grow together {n}",
    "Cheap {what} with free shipping, discount code WIN{n}, visit {site}",
    "Check out my new video, please like and subscribe, it means so much to me",
    "Hot singles in {town} want to meet you tonight, join free {site}",
    "Lose 9 kilos in {n} days with this one pill, order today at {site}",
    "Invest with {who}, guaranteed profit of {money}, no risk, write on Telegram @fx{n}",
    "Need a loan? No questions asked, {money} on your account today, apply at {site}",
    "CLICK HERE TO WIN A {what} >>> {site}",
    "Buy real followers and likes, {n} for a small price, instant delivery {site}",
    "My channel has the best free {what} giveaway, subscribe and comment to win",
    "Earn {money} daily by watching videos, sign up free with my link {site}",
    "Best casino bonus in {town}: deposit nothing, win {money}, play now {site}",
    "Thanks to {who} I got my lost crypto back, contact this recovery expert at {site}",
    "Get your {what} repaired or replaced free, visit our shop online {site}",
    "Work from home, only two hours a day, earn {money}, message me now for the link",
    "Please visit my blog and follow me, I follow back, {site}",
    "Limited offer!!! {what} at half price today only, click the link {site}",
)
GOOD = (
    "I crossed {thing} on {day} and nobody had put up a sign.",
    "Does anybody know why {body} took so long to answer? In {town} it was two days.",
    "My father worked for {body}; he would have warned them about {thing}.",
    "The article says {n} people, the radio said more. Which is it?",
    "Good that somebody wrote about {thing} at last. We in {town} have waited since {day}.",
    "{body} promised new gates {day}. I would like to see the invoice.",
    "Not everything is the fault of {body}. The rain of {day} was the worst in years.",
    "Where can one read the whole report on {thing}? The link of the council leads nowhere.",
    "I disagree: {town} needs {thing} more than another car park.",
    "Thank you to the volunteers of {town}, who carried {n} sandbags {day}.",
    "The picture is not of {town}, that is the old harbour seen from the north.",
    "It was cheaper {day}: a ticket for {thing} cost {money} less, if I remember it rightly.",
    "Could the reporter ask {body} what happens to the {n} people without a home?",
    "We moved away from {town} because of {thing}, and I still miss it.",
    "This is what happens when {body} saves at the wrong end.",
    "I was there {day}. It was quieter than the headline makes it sound.",
    "My children go to school in {town}; they were told nothing until {day}.",
    "Everyone talks of {thing} and nobody of the road that leads to it.",
    "A correction: {body} met {day}, not a week later, the minutes are online.",
    "Please write again in a month. These promises about {thing} tend to be forgotten.",
    "The judge was right. {body} should have asked the people of {town} first.",
    "What does the new law mean for those who rent in {town}?",
    "Let us wait for the facts about {thing} before we blame anybody.",
    "I watched the debate {day}; only one member had read the draft.",
)


def made_by_rule() -> list[Labelled]:
    """The same comments each time, spam and honest ones in turn of their wording."""
    chance = random.Random(7)
    found = []
    for is_spam, wordings in ((True, SPAM), (False, GOOD)):
        for number, wording in enumerate(wordings):
            for _ in range(EACH):
                filled = {gap: chance.choice(words) for gap, words in GAPS.items()}
                text = wording.format(n=chance.randrange(3, 900), **filled)
                found.append(Labelled(text, is_spam, f"{'spam' if is_spam else 'good'} {number}"))
    return found
