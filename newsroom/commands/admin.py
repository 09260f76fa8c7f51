"""./run admin MAIL: make an administrator, or give one a new password."""

from __future__ import annotations

import getpass
import sys

from newsroom.commands import site


def main(argv: list[str]) -> int:
    parser = site.parser("admin", "Make an administrator, or give one a new password (asked for, or read from stdin).")
    parser.add_argument("mail", metavar="MAIL")
    options = parser.parse_args(argv)
    site.open_site(options.data)
    from newsroom.readers.save import ReaderError, make_admin

    password = getpass.getpass("Password: ") if sys.stdin.isatty() else sys.stdin.readline().rstrip("\n")
    try:
        reader = make_admin(options.mail, password)
    except ReaderError as error:
        print(error, file=sys.stderr)
        return 1
    print(f"{reader.email} is an administrator; sign in at /admin/")
    return 0
