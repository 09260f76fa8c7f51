"""The newstext command: JSON Lines in, JSON Lines out; progress on standard error."""

from __future__ import annotations

import argparse
import importlib
import pkgutil
import sys
from pathlib import Path

import newstext
from newstext import command, jsonlines

MEASURE = "measure_"


def parser() -> argparse.ArgumentParser:
    """Every command with its options; docs/reference/newstext.md is checked against it."""
    made = argparse.ArgumentParser(
        prog="newstext", description="News text in, structured news out. JSON Lines in, JSON Lines out."
    )
    commands = made.add_subparsers(dest="command", required=True, metavar="COMMAND")

    def add(name: str, summary: str) -> argparse.ArgumentParser:
        one = commands.add_parser(name, help=summary, description=summary)
        one.add_argument("input", nargs="?", default="-", metavar="FILE", help="JSON Lines (default: standard input)")
        return one

    extract = add("extract", "pages into articles: {id, url, html} or {id, url, file} or {id, text}")
    extract.add_argument("--memory", type=Path, metavar="FILE", help="keeps what is learned of publishers")
    extract.add_argument(
        "--passes", type=int, choices=(1, 2), default=1, help="2: read twice, so that it serves the first pages too"
    )
    extract.add_argument("--engine", choices=("inline", "processes"), default="inline", help="where pages are read")
    add("feed", "feeds into entries: {id, url, file} or {id, url, data_b64}")
    group = add("group", "articles into stories, in order of arrival")
    group.add_argument(
        "--stream", action="store_true", help="write each placement at once, and corrections as {id, story, was}"
    )
    related = add("related", "for each article the others worth reading, ranked")
    related.add_argument("--top", type=int, default=10, metavar="N")
    add("hashtags", "what each article is about, as hashtags")
    keyphrases = add("keyphrases", "the phrases that say most about each article")
    keyphrases.add_argument("--top", type=int, default=15, metavar="N")
    add("dates", "the dates in texts: {id, text, published_at}")
    brief = add("brief", "a story's articles {id, articles[]} in a few sentences")
    brief.add_argument("--words", type=int, default=90, metavar="N")
    timeline = add("timeline", "what happened when, over a story's articles")
    timeline.add_argument("--dates", type=int, default=12, metavar="N")
    timeline.add_argument(
        "--from", dest="first_on", type=jsonlines.read_day, metavar="DAY", help="nothing before this day"
    )
    timeline.add_argument("--to", dest="last_on", type=jsonlines.read_day, metavar="DAY", help="nothing after this day")
    add("notes", "all that stands behind a story: {id, articles[]}")
    archive = commands.add_parser("archive", help="WARC files into articles, one result file each")
    archive.add_argument("paths", nargs="+", type=Path, metavar="PATH")
    archive.add_argument("--engine", choices=("inline", "processes", "ray"), default="processes")
    archive.add_argument("--out", type=Path, required=True, metavar="DIR")
    measure = commands.add_parser("measure", help="our figures beside a plain baseline's, on NEWSTEXT_DATA")
    measure.add_argument("what", choices=measures(), metavar="WHAT", help=", ".join(measures()))
    return made


def measures() -> list[str]:
    """The measures there are: the modules newstext.measure_NAME."""
    names = (module.name for module in pkgutil.iter_modules(newstext.__path__))
    return sorted(name.removeprefix(MEASURE) for name in names if name.startswith(MEASURE))


def main(argv: list[str] | None = None) -> int:
    """Run a command; 0 if all lines were good, 3 if some were rejected, 2 for a wrong call."""
    options = parser().parse_args(argv)
    try:
        if options.command == "measure":
            code: int = importlib.import_module(f"newstext.{MEASURE}{options.what}").main([])
            return code
        if options.command == "archive":
            return command.archive(options)
        return command.run(options)
    except BrokenPipeError:
        sys.stderr.close()  # the reader of our output left; that is its right
        return 0
    except (FileNotFoundError, ImportError) as error:
        print(f"newstext: {error}", file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
