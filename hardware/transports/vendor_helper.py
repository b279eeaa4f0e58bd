"""The process in which a maker's library lives: it may crash, hang or be 32-bit, and the window does not notice.

Started by vendor_library.py as a plain script, with whatever interpreter fits the library: it therefore knows nothing of ours, only
the standard library (Python 3.9 on). One JSON line asks, one JSON line answers; bytes are hex. Ends when its standard input does.
"""

import ctypes
import json
import os
import sys
from pathlib import Path
from typing import Any


def main(path: str) -> None:
    """Load the library at `path`, say whether it could be, then answer until nobody asks any more."""
    # Makers' libraries print: the line to our parent is kept apart from their standard output.
    answers = os.fdopen(os.dup(1), "w", encoding="ascii")
    os.dup2(2, 1)
    try:
        library = load(path)
    except OSError as e:
        _say(answers, {"missing": str(e)})
        return
    _say(answers, {"loaded": True})
    for line in sys.stdin:
        asked = json.loads(line)
        if "names" in asked:
            _say(answers, {"names": [name for name in asked["names"] if hasattr(library, name)]})
        else:
            _say(answers, call(library, asked["call"], asked["args"]))


def load(path: str) -> Any:
    """The library, called as its system calls such libraries (32-bit Windows: stdcall); OSError when it cannot be loaded."""
    if sys.platform == "win32":
        ctypes.windll.kernel32.SetErrorMode(0x8003)      # no box on the screen when it crashes or a library beside it is missing
        folder = Path(path).parent
        if folder.is_absolute() and folder.is_dir():
            os.add_dll_directory(str(folder))
        return ctypes.WinDLL(path)
    return ctypes.CDLL(path)


def call(library: Any, name: str, args: list[Any]) -> dict[str, Any]:
    """One call. An argument is a number (int), {"in": hex} (bytes to read), {"out": size} (a buffer to fill) or {"number": n} (int*).

    The answer holds the returned int and, in order, what stands in the buffers and numbers afterwards.
    """
    function = getattr(library, name, None)
    if function is None:
        return {"missing": name}
    given: list[Any] = []
    kept: list[Any] = []
    for arg in args:
        if isinstance(arg, int):
            given.append(ctypes.c_int(arg))
        elif "in" in arg:
            given.append(ctypes.create_string_buffer(bytes.fromhex(arg["in"])))
        elif "out" in arg:
            buffer = ctypes.create_string_buffer(arg["out"])
            given.append(buffer)
            kept.append(buffer)
        else:
            number = ctypes.c_int(arg["number"])
            given.append(ctypes.byref(number))
            kept.append(number)
    returned = function(*given)
    return {"returned": returned, "out": [item.value if isinstance(item, ctypes.c_int) else item.raw.hex() for item in kept]}


def _say(answers: Any, told: dict[str, Any]) -> None:
    answers.write(json.dumps(told) + "\n")
    answers.flush()


if __name__ == "__main__":
    main(sys.argv[1])
