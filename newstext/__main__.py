"""The newstext command: JSON Lines in, JSON Lines out; progress on standard error."""

from __future__ import annotations

import argparse
import importlib
import os
import pkgutil
import sys
from datetime import date
from pathlib import Path
from typing import Any

import newstext
from newstext import archive_command, archive_rows, command, grouping_cases, jsonlines
from newstext.addresses import host_of
from newstext.archive_groups import WINDOW_DAYS
from newstext.archives import ArchiveError
from newstext.language import normal_code

MEASURE = "measure_"
Options = dict[str, dict[str, Any]]


def _count(default: int) -> dict[str, Any]:
    return {"type": _positive, "default": default, "metavar": "N", "help": f"how many at most (default {default})"}


def _positive(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is no number from 1 up")
    return int(text)


def _a_day(text: str) -> date:
    try:
        return jsonlines.read_day(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{text!r} is no day; write 2025-06-27") from error


def _day(name: str, meaning: str) -> dict[str, Any]:
    return {"dest": name, "type": _a_day, "metavar": "DAY", "help": meaning}


EXTRACT: Options = {
    "--memory": {"type": Path, "metavar": "FILE", "help": "keeps what is learned of publishers"},
    "--passes": {
        "type": int,
        "choices": (1, 2),
        "default": 1,
        "help": "2: read twice, so that what is learned serves the first pages too",
    },
    "--engine": {"choices": ("inline", "processes"), "default": "inline", "help": "where pages are read"},
}
STREAM: Options = {
    "--stream": {"action": "store_true", "help": "write each placement at once, and corrections as {id, story, was}"}
}
RELATED: Options = {
    "--top": _count(10),
    "--earlier": {"action": "store_true", "help": "only what was published before, as it stood then"},
}
TIMELINE: Options = {
    "--dates": _count(12),
    "--from": _day("first_on", "nothing before this day"),
    "--to": _day("last_on", "nothing after this day"),
}
LINE_COMMANDS: tuple[tuple[str, str, Options], ...] = (
    ("extract", "pages into articles: {id, url, html} or {id, url, file} or {id, text}", EXTRACT),
    ("feed", "feeds into entries: {id, url, file} or {id, url, data_b64}", {}),
    ("group", "articles into stories, in order of arrival", STREAM),
    ("related", "for each article the others worth reading, ranked", RELATED),
    ("hashtags", "what each article is about, as hashtags", {}),
    ("keyphrases", "the phrases that say most about each article", {"--top": _count(15)}),
    ("dates", "the dates in texts: {id, text, published_at}", {}),
    ("quotes", "who says what in each article, in quotation marks and without", {}),
    ("names", "the people, organisations and places that texts name: {id, text}", {}),
    ("brief", "a story's articles {id, articles[]} in a few sentences", {"--words": _count(90)}),
    ("timeline", "what happened when, over a story's articles {id, articles[]}", TIMELINE),
    ("check", "does a sentence stand on its source: {id, source, sentence}", {}),
    ("ask", "a question {id, question, articles[]} answered by sentences of the articles", {}),
    ("notes", "all that stands behind a story: {id, articles[]}", {}),
)


DAYS_HELP = f"how many days are grouped at once (default {WINDOW_DAYS}); fewer need less memory. The same for both"
ARCHIVE_COMMANDS = (
    ("copies", "copies among all articles of an archive", archive_command.copies),
    ("group", "an archive's articles into stories, by language and days", archive_command.group),
)


def parser() -> argparse.ArgumentParser:
    """Every command with its options; docs/reference/newstext.md is checked against it."""
    made = argparse.ArgumentParser(
        prog="newstext", description="News text in, structured news out. JSON Lines in, JSON Lines out."
    )
    commands = made.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name, summary, options in LINE_COMMANDS:
        one = commands.add_parser(name, help=summary, description=summary)
        one.add_argument("input", nargs="?", default="-", metavar="FILE", help="JSON Lines (default: standard input)")
        for flag, settings in options.items():
            one.add_argument(flag, **settings)
    _add_archive(commands)
    measure = commands.add_parser("measure", help="our figures beside a plain baseline's, on NEWSTEXT_DATA")
    measure.add_argument("what", choices=measures(), metavar="WHAT", help=", ".join(measures()))
    measure.add_argument(
        "--cases", metavar="FILE", help="grouping: measure on editors' choices instead, as ./run cases writes them"
    )
    return made


def _add_archive(commands: Any) -> None:
    read = commands.add_parser("archive", help="WARC files into articles, one result file each; then: archive group")
    read.add_argument("paths", nargs="+", metavar="PATH", help="a WARC file, a folder of them, or an address as s3://…")
    read.add_argument("--out", required=True, metavar="DIR", help="the folder of results, or its address")
    read.add_argument("--lang", type=_languages, default=(), metavar="CODES", help="these languages alone: en,de")
    read.add_argument("--publisher", type=_domains, default=(), metavar="DOMAINS", help="these alone: herald.example")
    read.add_argument("--since", type=_a_day, metavar="DAY", help="published on this day or later")
    read.add_argument("--until", type=_a_day, metavar="DAY", help="published on this day or before")
    read.set_defaults(run=archive_command.read)
    for name, summary, run in ARCHIVE_COMMANDS:
        one = commands.add_parser(f"archive {name}", help=summary, description=summary)
        one.add_argument("out", metavar="DIR", help="where `newstext archive` wrote its results")
        one.add_argument("--days", type=_positive, default=WINDOW_DAYS, metavar="N", help=DAYS_HELP)
        one.set_defaults(run=run)
    for one in commands.choices.values():
        if one.get_default("run"):
            one.add_argument("--engine", choices=("inline", "processes", "ray"), default="processes")
            one.add_argument("--format", choices=archive_rows.FORMATS, default="jsonl", help="what is written")
            one.add_argument("--workers", type=_positive, metavar="N", help="processes (default: one a core)")


def _languages(text: str) -> tuple[str, ...]:
    codes = [normal_code(code) for code in text.split(",")]
    if not all(codes):
        raise argparse.ArgumentTypeError(f"{text!r} is no list of language codes; write en,de")
    return tuple(codes)


def _domains(text: str) -> tuple[str, ...]:
    domains = [host_of(f"https://{one.strip()}/") for one in text.split(",")]
    if not all(domain and " " not in domain for domain in domains):
        raise argparse.ArgumentTypeError(f"{text!r} is no list of domains; write herald.example,post.example")
    return tuple(domains)


def measures() -> list[str]:
    """The measures there are: the modules newstext.measure_NAME."""
    names = (module.name for module in pkgutil.iter_modules(newstext.__path__))
    return sorted(name.removeprefix(MEASURE) for name in names if name.startswith(MEASURE))


def _in_one_word(argv: list[str]) -> list[str]:
    """The arguments with `archive group` as the one command that it is."""
    is_two = argv[:1] == ["archive"] and argv[1:2] and argv[1] in {name for name, _, _ in ARCHIVE_COMMANDS}
    return [" ".join(argv[:2]), *argv[2:]] if is_two else argv


def main(argv: list[str] | None = None) -> int:
    """Run a command; 0 if all lines were good, 3 if some were rejected, 2 for a wrong call."""
    options = parser().parse_args(_in_one_word(sys.argv[1:] if argv is None else argv))
    try:
        if options.command == "measure" and options.cases is not None:
            if options.what != "grouping":
                parser().error(
                    f"--cases: measures grouping alone. Write newstext measure grouping --cases {options.cases}"
                )
            return grouping_cases.main(options.cases)
        if options.command == "measure":
            code: int = importlib.import_module(f"newstext.{MEASURE}{options.what}").main([])
            return code
        if run := getattr(options, "run", None):
            ended: int = run(options)
            return ended
        return command.run(options)
    except BrokenPipeError:
        # The reader of our output left, as head does; what is still buffered has nowhere to go.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except KeyboardInterrupt:
        print("newstext: stopped", file=sys.stderr)
        return 130
    except (OSError, ImportError, ArchiveError, command.BadFile) as error:
        print(f"newstext: {error}", file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
