"""`python -m bench.reader_driver DATABASE`: lemon24/reader, a pass at a time; for the Python of its environment."""

from __future__ import annotations

import sys

from reader import make_reader  # type: ignore[import-not-found]

from bench.driver import Parts, Said, answer

WORKERS = 8


def main() -> None:
    reader = make_reader(sys.argv[1])
    reader.enable_search()

    def add(urls: list[str]) -> Said:
        for url in urls:
            reader.add_feed(url, exist_ok=True)
        return {}

    def read() -> Said:
        parts = Parts()
        # It asks a feed again no sooner than its schedule says, unless all are asked.
        found = [one.value for one in reader.update_feeds_iter(workers=WORKERS, scheduled=False)]
        parts.took("feeds")
        reader.update_search()
        parts.took("search")
        updated = [one for one in found if one is not None and not isinstance(one, Exception)]
        return parts.said(
            new=sum(one.new for one in updated), changed=sum(one.modified for one in updated),
            unchanged=len(found) - len(updated),
        )  # fmt: skip

    answer({"add": add, "pass": read, "checkpoint": lambda: {}})


if __name__ == "__main__":
    main()
