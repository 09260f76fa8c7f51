"""What a host's robots.txt lets us read, by RFC 9309."""

from __future__ import annotations

from dataclasses import dataclass

from protego import Protego

from newstext.reservations import AGENTS, AI_AGENTS, in_robots

MAX_BYTES = 500 * 1024
NOBODY = "a-robot-that-nobody-names"


@dataclass(frozen=True, slots=True)
class RobotsRules:
    """The rules for one agent. unknown: they could not be read, so wait. signals: what its lines for all reserve."""

    agent: str
    parsed: Protego | None = None
    unknown: bool = False
    signals: frozenset[str] = frozenset()

    def may_fetch(self, url: str) -> bool:
        """True if the agent may fetch this address; False while the rules are unknown."""
        if self.unknown:
            return False
        return self.parsed is None or bool(self.parsed.can_fetch(url, self.agent))

    def reserved(self, url: str) -> frozenset[str]:
        """What the host reserves of an address (newstext.reservations): by signals, or by whom it turns away."""
        if self.parsed is None or not self.parsed.can_fetch(url, NOBODY):
            return self.signals  # who is let in by name alone was chosen
        turned_away = any(not self.parsed.can_fetch(url, agent) for agent in AI_AGENTS)
        return self.signals | ({AGENTS} if turned_away else frozenset())

    @property
    def crawl_delay_s(self) -> float:
        """The host's wish for the time between requests; 0 if it has none."""
        return float(self.parsed.crawl_delay(self.agent) or 0) if self.parsed else 0.0

    @property
    def sitemaps(self) -> tuple[str, ...]:
        """The addresses of sitemaps that the host names, as it wrote them."""
        return tuple(str(url) for url in self.parsed.sitemaps) if self.parsed else ()


def parse_robots(body: bytes, *, agent: str) -> RobotsRules:
    """The rules of a robots.txt; what lies beyond MAX_BYTES is not read."""
    text = body[:MAX_BYTES].decode("utf-8", "replace").removeprefix("\ufeff")
    return RobotsRules(agent, Protego.parse(text), signals=in_robots(text))


def rules_for(status: int, body: bytes, *, agent: str) -> RobotsRules:
    """The rules that an answer for /robots.txt means: none for 4xx, wait for 5xx and 429."""
    if status >= 500 or status == 429:
        return RobotsRules(agent, unknown=True)
    return parse_robots(body, agent=agent) if 200 <= status < 300 else RobotsRules(agent)
