"""newstext measure cleaning: how much of true bodies the cleaner keeps, what passages it invents, what bytes it reads.

Each true body's paragraphs go through the cleaner as if a page had given them.
What is lost is counted in sentences; a sentence that came into a field (a
correction, a credit's agency) is not lost, one that the truth itself repeats
counts once.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from newstext import sentences
from newstext.extract.cleaning import Cleaned, clean_paragraphs
from newstext.extract.decoding import decode
from newstext.language import detect_language
from newstext.measuring import data_folder, read_rows, table
from newstext.passages import find_passages

SETS = ("sh", "fundus", "fe", "wcxb")
PROMO_WORDS = ("read more", "advertisement", "sign up", "click here", "related", "photo", "source")
# What the report of 22 Nov 2026 re-encoded true bodies to, by language; ("utf-8" is of no interest.)
LEGACY = (
    ("cp1252", "en de fr es it pt nl da sv no fi"), ("iso-8859-15", "de fr es it pt nl fi"), ("iso-8859-1", "en de es"),
    ("cp1250", "pl cs hu sk ro hr sl"), ("iso-8859-2", "pl cs hu sk hr sl"), ("cp1251", "ru uk bg"), ("koi8-r", "ru"),
    ("iso-8859-5", "ru bg"), ("cp1253", "el"), ("iso-8859-7", "el"), ("cp1254", "tr"), ("cp1255", "he"),
    ("cp1256", "ar fa ur"), ("shift_jis", "ja"), ("euc-jp", "ja"), ("gb18030", "zh"), ("big5", "zh"), ("euc-kr", "ko"),
)  # fmt: skip
BODIES_EACH = 150
LONG_LETTERS = 80
LENT_EVERY = 11
FEWEST_PARAGRAPHS = 5


@dataclass(slots=True)
class Kept:
    """Counts over one set; `lost` are the sentences themselves."""

    pages: int = 0
    sentences: int = 0
    firsts: int = 0
    firsts_kept: int = 0
    lost: list[str] = field(default_factory=list)

    @property
    def share(self) -> float:
        return 1 - len(self.lost) / max(1, self.sentences)


def main(argv: list[str]) -> int:
    """Print what is kept by set, false passages, and legacy charsets read exactly."""
    folder = data_folder() / "extraction"
    rows = list(bodies(folder))
    shown = []
    for name, clean in (("ours", clean_paragraphs), ("drop paragraphs with a promo's word", _plain)):
        for set_name in (*SETS, "all"):
            kept = count([row for row in rows if set_name in ("all", row["set"])], clean)
            firsts = f"{kept.firsts_kept / max(1, kept.firsts):.4f}"
            shown.append((set_name, name, str(kept.pages), str(kept.sentences), f"{kept.share:.4f}", firsts))
    head = ("set", "cleaner", "bodies", "sentences", "kept", "first paragraphs kept")
    print(table("true bodies through the cleaner", head, shown))
    marked, total, pages = false_passages(rows)
    print(
        table(
            "passages in another language, on true bodies",
            ("bodies", "paragraphs", "marked", "share", "marked of foreign ones put in"),
            [(str(pages), str(total), str(len(marked)), f"{len(marked) / max(1, total):.4f}", found_passages(rows))],
        )
    )
    right, asked = exact_decodes(rows)
    print(
        table(
            f"true bodies in {len(LEGACY)} legacy charsets, read without being told which",
            ("reader", "bodies", "exact"),
            [("ours", str(asked), f"{right / max(1, asked):.3f}"), ("all as cp1252", str(asked), _as_cp1252(rows))],
        )
    )
    return 0


def bodies(folder: Path) -> Iterator[dict[str, Any]]:
    """The rows of the four sets that have a true body, with its paragraphs as `told`."""
    for row in read_rows(folder / "manifest.jsonl.gz"):
        row["set"] = row["ds"].partition("-")[0]
        if row["set"] in SETS and row.get("body"):
            row["told"] = [part.strip() for part in row["body"].split("\n") if part.strip()]
            row["language"] = detect_language(row["body"], hint=row.get("lang") or "")
            yield row


def count(rows: list[dict[str, Any]], clean: Callable[..., Cleaned] = clean_paragraphs) -> Kept:
    """How many of the rows' sentences and first paragraphs come through."""
    kept = Kept()
    for row in rows:
        kept.pages += 1
        cleaned = clean(row["told"], title=row.get("title") or "")
        text = _letters("".join(cleaned.paragraphs) + " ".join((*cleaned.notices, *cleaned.credits)))
        said = (cleaned.dateline, cleaned.agency, cleaned.byline, row.get("title") or "")
        first_lost, counted = False, set[str]()
        for place, paragraph in enumerate(row["told"]):
            for start, end in sentences.split(paragraph, row["language"]):
                if (letters := paragraph[start:end]) in counted:
                    continue
                counted.add(letters)
                kept.sentences += 1
                if not _is_in(paragraph[start:end], text, said, is_first=place == 0):
                    kept.lost.append(f"{row['id']}: {paragraph[start:end]}")
                    first_lost = first_lost or place == 0
        kept.firsts += 1
        kept.firsts_kept += not first_lost
    return kept


def _is_in(sentence: str, text: str, said: tuple[str, ...], *, is_first: bool) -> bool:
    """Is the sentence in the text, or in a field, or what is left of it when its dateline is out?"""
    letters = _letters(sentence)
    if len(letters) > LONG_LETTERS:  # "read more" that the truth left at a sentence's end may go
        letters = letters[: -len(letters) // 10]
    if not letters or letters in text or any(letters == _letters(one) for one in said if one):
        return True
    begins = text[: len(letters)]
    if is_first and any(said[:2]):
        return any(letters.endswith(begins[:size]) for size in range(len(begins), 19, -1))
    agency = _letters(said[1])
    return bool(agency) and letters.endswith(agency) and letters.removesuffix(agency) in text


def _letters(text: str) -> str:
    """Letters and figures alone: a repaired space or apostrophe is no loss."""
    return "".join(filter(str.isalnum, unicodedata.normalize("NFKC", text).casefold()))


def _plain(paragraphs: list[str], *, title: str = "") -> Cleaned:
    """The plain baseline: whole paragraphs go that hold a promo's word near their start."""
    return Cleaned(tuple(one for one in paragraphs if not any(word in one[:40].lower() for word in PROMO_WORDS)))


def false_passages(rows: list[dict[str, Any]]) -> tuple[list[str], int, int]:
    """(paragraphs marked as another language, paragraphs, bodies); the bodies' own language as detected."""
    marked, total = [], 0
    for row in rows:
        text = "\n\n".join(row["told"])
        total += len(row["told"])
        found = find_passages(text, detect_language(text, hint=row["language"]))
        marked += [f"{code} in {row['language']}: {text[start:end]}" for start, end, code in found]
    return marked, total, len(rows)


def found_passages(rows: list[dict[str, Any]]) -> str:
    """How many paragraphs of other languages' bodies are marked when one is put into each body."""
    lent = [(row["language"], one) for row in rows for one in row["told"] if 150 <= len(one) <= 600][::LENT_EVERY]
    right = asked = 0
    for place, row in enumerate(rows):
        language, paragraph = lent[place * 7 % len(lent)]
        if language == row["language"] or len(row["told"]) < FEWEST_PARAGRAPHS:
            continue
        text = "\n\n".join([*row["told"][:2], paragraph, *row["told"][2:]])
        start = text.index(paragraph)
        asked += 1
        right += (start, start + len(paragraph), language) in find_passages(text, row["language"])
    return f"{right} of {asked}"


def encoded(rows: list[dict[str, Any]]) -> Iterator[tuple[str, str, bytes]]:
    """(charset, text, bytes) of true bodies that can be written in a legacy charset of their language."""
    for charset, languages in LEGACY:
        taken = 0
        for row in rows:
            if taken == BODIES_EACH or row["language"] not in languages.split():
                continue
            try:
                body = row["body"].encode(charset)
            except UnicodeEncodeError:
                continue
            if not body.isascii():
                taken += 1
                yield charset, row["body"], body


def exact_decodes(rows: list[dict[str, Any]]) -> tuple[int, int]:
    """(bodies read letter for letter, bodies), the charset told nowhere."""
    cases = list(encoded(rows))
    return sum(decode(body) == text for _, text, body in cases), len(cases)


def _as_cp1252(rows: list[dict[str, Any]]) -> str:
    cases = list(encoded(rows))
    return f"{sum(body.decode('cp1252', 'replace') == text for _, text, body in cases) / max(1, len(cases)):.3f}"


if __name__ == "__main__":
    main([])
