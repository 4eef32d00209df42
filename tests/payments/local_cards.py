"""Runs a public imitation of the card provider, in a process of its own: its licence and its loop stay apart.

It is told the port to listen on. What it would write to a file of the machine, it forgets.
"""

import sys

from aiohttp import web
from localstripe.resources import Store
from localstripe.server import app


def main() -> None:
    Store.dump_to_disk = lambda _self: None
    web.run_app(app, host="127.0.0.1", port=int(sys.argv[1]), print=None, access_log=None)


if __name__ == "__main__":
    main()
