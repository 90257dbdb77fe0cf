"""Turns a failure into one line and an exit code; a person never sees a traceback."""

from __future__ import annotations

import sys
from typing import Final

import typer
from rich.text import Text

from graph.errors import ExplorerError

_BY_CTRL_C: Final = 130
_INTERRUPTED: Final = "Interrupted; what was complete is kept. Run the same command to go on."


def run(app: typer.Typer, name: str) -> int:
    """Run a command line and return its exit code: 0, 1 for failed work, 2 for a wrong request, 130 for Ctrl-C."""
    try:
        app(prog_name=name)
    except ExplorerError as error:
        return _say(f"{error.what} {error.next_action}", error.exit_code)
    except KeyboardInterrupt:
        return _say(_INTERRUPTED, _BY_CTRL_C)
    except BrokenPipeError:
        # The reader, such as `head`, had enough; Python would complain once more while closing.
        sys.stderr.close()
    except OSError as error:
        what = f"{error.filename or 'A file'} cannot be used ({error.strerror or error})."
        return _say(f"{what} Check its permissions and the free disk space, then run the same command again.", 1)
    except SystemExit as stop:
        if stop.code == _BY_CTRL_C:  # typer catches Ctrl-C inside a command and says nothing
            return _say(_INTERRUPTED, _BY_CTRL_C)
        return stop.code if isinstance(stop.code, int) else 0
    return 0


def _say(text: str, code: int) -> int:
    from graph.cli.output import errors  # noqa: PLC0415 - only a failure needs it

    errors.print(Text(text, style="red"), soft_wrap=True)
    return code
