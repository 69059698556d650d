#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Make the test vectors of this folder from the Python model, or compare them with it.

    gen.py            write the files
    gen.py --check    make them in memory and compare; with EIDER_VECTORS=<folder> hold the model
                      against the published vectors there first

A file is a list of cases parted by empty lines. A case is lines `name = value`, where a value is bytes in hex or, after
`#`, a decimal number. Lines that begin with `#` say why the case is there. Needs python3-nacl and python3-cryptography.
"""

import os
import sys

sys.dont_write_bytecode = True

import cases  # noqa: E402
import conversation  # noqa: E402

HERE = os.path.dirname(os.path.abspath(__file__))
SIZE_MAX = 80000


def main(arguments):
    if arguments not in ([], ["--check"]):
        print(__doc__)
        return 2
    published = os.environ.get("EIDER_VECTORS")
    if published and os.path.isdir(published):
        import agree

        print("gen.py: %d published vectors agree" % agree.check(published))
    elif arguments:
        print("gen.py: skipped: no published vectors")
    wrong = 0
    conversations = {"ratchet.txt": conversation.ratchet(), "pq.txt": conversation.pq()}
    for name, text in {**cases.files(), **conversations}.items():
        assert len(text) <= SIZE_MAX, name
        path = os.path.join(HERE, name)
        if not arguments:
            with open(path, "w") as f:
                f.write(text)
        else:
            with open(path) as f:
                if f.read() != text:
                    print("gen.py: %s differs from the model" % name)
                    wrong += 1
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
