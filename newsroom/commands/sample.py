"""./run sample: load the sample edition, or remove it."""

from __future__ import annotations

from newsroom.commands import site


def main(argv: list[str]) -> int:
    parser = site.parser("sample", "Load the sample edition: invented publishers, invented news, always marked.")
    parser.add_argument("--remove", action="store_true", help="take it out again")
    options = parser.parse_args(argv)
    site.open_site(options.data)
    from newsroom.desk import sample
    from newsroom.desk.work import Desk

    if options.remove:
        print(f"{sample.remove()} sample articles removed")
        return 0
    desk = Desk()
    try:
        count = sample.load(desk, stays=True)
        while desk.write_notes():
            pass
    finally:
        desk.close()
    print(f"{count} sample articles loaded; ./run sample --remove takes them out")
    return 0
