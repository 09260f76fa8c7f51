"""The strings that are put into every field: those of the hostile data set, and odd ones of our own."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

BULK = "traversal"  # over twelve thousand strings of the data set are ways to write "../"
MIB = 2**20
# Each is put into every field alone. They are ours: what breaks databases, parsers, logs, headers, lists and limits.
ODD: tuple[str, ...] = (
    "", " ", "\0", "a\0b", "\ud800", "a\udfffb", "\ufffe\uffff", "\x1b[31m\x07", "a\r\nSet-Cookie: b=c\r\n\r\n<b>", "\u2028\u2029",
    "\u202eevil\u202c\u2066", "\ufeff", "e\u0301\u0323", "ﷺ", "👩‍👩‍👧‍👦🏴󠁧󠁢󠁥󠁮󠁧󠁿", "\U0010ffff", "x\u0300" * 90, "W" * 300, "Ω" * 300,
    "0", "-0", "-1", "+1", "1.5", "1e999", "١٢٣", "²", "1_000", " 7 ", "2147483648", "-2147483649", "9223372036854775807",
    "9223372036854775808", "-9223372036854775809", "9" * 60, "9" * 5000, "NaN", "Infinity", "null", "None", "true", "[]", "{}",
    '{"a":', "[" * 2000, "'", "\"'`", "' OR 1=1 --", "\"; DROP TABLE readers_reader; --", "%", "%s%n%d", "%00", "%zz", "{0}", "{{7*7}}",
    "{% debug %}", "\\", "a\\", "\\u0000", "*", "(", "[a", "(a+)+$", "-", "--", "\"a", "a:b:c", "AND OR NOT", "NEAR(", "a*" * 40, "🙂 OR",
    "../../../etc/passwd", "..%2f..%2f", "file:///etc/passwd", "http://[::1", "http://a.example:99999999/", "//evil.example/", "/\\evil.example",
    "https:evil.example", "javascript:alert(1)", "\tjavascript:alert(1)", "/%09/evil.example", "https://xn--a.example/", "http://a@b@c/",
    "2026-02-30", "0000-00-00", "9999-12-31", "10000-01-01", "2026-11-26T99:99:99Z", "-infinity", "24:00", "0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59-23:59", "2026-11-26T08:00:00", "2026-11-26T08:00:00.123456789Z", "253402300800", "99999999999999999",
    '{"/story/1": {"at": 1e999}, "/article/1": true, "\\ud800\\u0000": 1}', '{"/story/99999999999999999999": [], "/story/2": -1}', '[["\\ud800"]]', "Mars/Phobos",
    "a@b", "a@" + "b." * 200 + "example", "\"a b\"@meren.example", "pk", "-pk", "__all__", "a__b__c", "reader__password__startswith",
    "id,id,id", "1,2,999999999999999999999", "-1.-1", "0.0.0.9", "1..2", "12~abc~", ":" * 200, "user/-/label/" + "a" * 300, "feed/",
)  # fmt: skip
LONG: tuple[str, ...] = (
    "a" * MIB,
    "a" * (MIB - 4096),
    "é " * (MIB // 4),
    "[b](" * (MIB // 5),
    "9" * (MIB // 2),
    "a,b " * (MIB // 5),
)
BODIES: tuple[bytes, ...] = (
    b"", b"null", b"true", b"0", b"-1e400", b'""', b"[]", b"{}", b"[[]]", b'{"a"', b"{'a': 1}", b'{"a": NaN}', b"\xff\xfe{\x00}\x00", b"\x00",
    b'{"__proto__": {}}', b"[" * 90_000, b'{"a":' * 90_000, b'"\\ud800"', b'{"id": "\\u0000"}', b'{"id": {"id": []}, "type": [], "response": 7}',
    b'{"id": "a", "rawId": "\xff", "response": {"clientDataJSON": ""}}', b"9" * 5000, b"<opml/>", b"<opml><body><outline/></body>",
    b"a=%ff%00%zz&&=&a", b"a=1&" * 1500, b"a=1;b=2", b"--x\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n", b"\r\n" * 500,
)  # fmt: skip
KINDS: tuple[str, ...] = (
    "application/json", "application/x-www-form-urlencoded", "application/x-www-form-urlencoded; charset=nonsense",
    "application/x-www-form-urlencoded; charset=utf-16", "multipart/form-data", "multipart/form-data; boundary=x",
    "multipart/form-data; boundary=" + "x" * 300, "multipart/form-data; boundary=\xff", "text/xml", "text/plain; charset=\xff", "",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Texts:
    """core: of the data set, each of its own kind; bulk: the many of one kind, and vectors that run nowhere by themselves."""

    core: list[str]
    bulk: list[str]


def read_texts(hostile: Path) -> Texts:
    """All naughty strings, vectors and open redirects of the data set, each once. Its own of over 1 MB are cut to that."""
    core, bulk = [], []
    for row in _rows(hostile / "strings" / "naughty.jsonl"):
        (bulk if BULK in row["source"] else core).append(row["s"][: MIB - 4096])
    core += [row["value"] for row in _rows(hostile / "url" / "open_redirect.jsonl")]
    for name in ("vectors", "vectors_owasp_ccbysa"):
        for row in _rows(hostile / "xss" / f"{name}.jsonl"):
            (core if row.get("live") else bulk).append(row["payload"])
    once = dict.fromkeys(core)
    return Texts(list(once), [text for text in dict.fromkeys(bulk) if text not in once])


def _rows(path: Path) -> list[dict[str, str]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
