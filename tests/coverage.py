#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Which lines of plugin/proto and plugin/core the unit tests, the simulator and
the fuzzers' corpora run.

    coverage.py <build folder> [--lines]

The folder is built with --coverage and its programs have run; gcov reads what
they left.  --lines names the lines that nothing ran.  The exit code is 1 where
a target is missed.
"""
import collections
import pathlib
import re
import subprocess
import sys

STORE = ('store', 'files', 'fd', 'patch', 'marks', 'halves', 'master', 'journal', 'index', 'index_disk',
         'stored', 'stored_check', 'stored_legs', 'backup', 'backup_file')
TARGETS = {'proto': 95.0, 'store': 95.0, 'core': 85.0}


def read(build):
    """file -> line -> runs, of the sources of the two folders."""
    runs = collections.defaultdict(dict)
    for data in sorted(pathlib.Path(build, 'plugin').glob('*/*.gcno')):
        out = subprocess.run(['gcov', '-t', '-o', data.parent, data.with_suffix('.o')],
                             capture_output=True, text=True, check=False).stdout
        name = ''
        for line in out.splitlines():
            m = re.match(r'\s*(-|[0-9]+\*?|#####|=====):\s*(\d+):(.*)', line)
            if not m:
                continue
            if m.group(2) == '0':
                if m.group(3).startswith('Source:'):
                    name = m.group(3)[7:]
                    name = name[name.find('plugin/'):] if 'plugin/' in name else ''
            elif name and m.group(1) != '-':
                n = 0 if m.group(1)[0] in '#=' else int(m.group(1).rstrip('*'))
                at = int(m.group(2))
                runs[name][at] = max(n, runs[name].get(at, 0))
    return runs


def main():
    build, names_lines = sys.argv[1], '--lines' in sys.argv[2:]
    runs = read(build)
    sums, missed = {k: [0, 0] for k in TARGETS}, 0
    for name in sorted(runs):
        lines = runs[name]
        folder, stem = name.split('/')[1], pathlib.Path(name).stem
        if folder not in ('proto', 'core') or not lines:
            continue
        ran = sum(n > 0 for n in lines.values())
        for key in (folder, 'store') if folder == 'core' and stem in STORE else (folder,):
            sums[key][0] += ran
            sums[key][1] += len(lines)
        if ran < len(lines):
            print(f'{100 * ran / len(lines):6.1f} %  {len(lines) - ran:3} of {len(lines):3} lines not run  {name}')
            source = pathlib.Path(name).read_text().splitlines()
            for at in sorted(lines):
                if lines[at] == 0 and names_lines:
                    print(f'           {at:4}: {source[at - 1].strip()}')
    for key, (ran, total) in sums.items():
        part = 100 * ran / max(total, 1)
        missed += part < TARGETS[key]
        print(f'coverage: {key} {part:.1f} % of {total} lines, wanted {TARGETS[key]:.0f} %'
              + (' (files of the store, in core)' if key == 'store' else ''))
    return missed > 0


if __name__ == '__main__':
    sys.exit(main())
