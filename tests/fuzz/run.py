#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Run libFuzzer's programs, and keep what they found.

    run.py --programs <folder> --work <folder> [--seconds 60] [--runs N] [name ...]
    run.py ... --minimise       into tests/fuzz/corpus: at most 40 files and 64 KiB each

What libFuzzer found stays in <work>/<name>, so that a run goes on where the one
before ended; <work>/counts.json adds up the executions.  A finding is a file in
<work>/findings/<name>, and the exit code is 1.
"""
import argparse
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
CORPUS = HERE / 'corpus'
FILES_MAX, BYTES_MAX = 40, 64 * 1024
# Longest inputs, as in the harnesses.
LENGTHS = dict(line=600, fragment=1400, record=1400, pack=300, markup=400, words=200, pq=1300,
               handshake=1300, frame=160, proof=200, stored=1200, sealed=400, disk=300, backup=400, notes=300,
               talk=200)
ENV = dict(os.environ, G_SLICE='always-malloc',
           ASAN_OPTIONS='detect_leaks=1:quarantine_size_mb=4:malloc_context_size=3',
           UBSAN_OPTIONS='print_stacktrace=1')


def fuzz(name, args):
    """One program for its seconds; says what it did and whether it found something."""
    work, found = args.work / name, args.work / 'findings' / name
    work.mkdir(parents=True, exist_ok=True)
    found.mkdir(parents=True, exist_ok=True)
    limit = [f'-max_total_time={args.seconds}'] if args.runs is None else [f'-runs={args.runs}']
    command = [args.programs / name, *limit, f'-max_len={LENGTHS[name]}', '-timeout=120',
               '-rss_limit_mb=2000', '-print_final_stats=1', '-entropic=0',
               f'-artifact_prefix={found}/', work, CORPUS / name]
    (CORPUS / name).mkdir(parents=True, exist_ok=True)
    out = subprocess.run(command, env=ENV, capture_output=True, text=True, errors='replace')
    log = out.stderr
    (args.work / f'{name}.log').write_text(log)
    runs = int((re.findall(r'number_of_executed_units: (\d+)', log) or ['0'])[-1])
    last = (re.findall(r'cov: (\d+) ft: (\d+)', log) or [('0', '0')])[-1]
    total = (re.findall(r'INFO: Loaded \d+ modules\s+\((\d+) inline', log) or ['0'])[-1]
    return runs, int(last[0]), int(last[1]), int(total), out.returncode


def count(args, name, runs):
    path = args.work / 'counts.json'
    counts = json.loads(path.read_text()) if path.exists() else {}
    counts[name] = counts.get(name, 0) + runs
    path.write_text(json.dumps(counts, indent=1, sort_keys=True))
    return counts[name]


def features(name, args, files):
    """libFuzzer's own list of what each file reaches."""
    with tempfile.TemporaryDirectory() as tmp:
        control, into, pool = (pathlib.Path(tmp) / x for x in ('control', 'into', 'pool'))
        into.mkdir()
        pool.mkdir()
        for i, f in enumerate(files):
            shutil.copy(f, pool / f'{i:06}')
        subprocess.run([args.programs / name, '-merge=1', f'-merge_control_file={control}',
                        f'-max_len={LENGTHS[name]}', '-timeout=120', into, pool],
                       env=ENV, capture_output=True, check=True)
        lines = control.read_text().splitlines()
    n = int(lines[0])
    names = lines[2:2 + n]
    reach = {}
    for line in lines[2 + n:]:
        words = line.split()
        if words and words[0] == 'FT':
            reach[int(words[1])] = {int(x) for x in words[2:]}
    return {pathlib.Path(names[i]).name: reach.get(i, set()) for i in range(n)}


def minimise(name, args):
    """Greedily: the file that adds most for its bytes comes next."""
    kept = sorted((CORPUS / name).glob('*')) if (CORPUS / name).is_dir() else []
    held = [f for f in kept if f.name.startswith('found-')]
    rest = [f for f in kept if f not in held] + sorted((args.work / name).glob('*'))
    files = held + [f for f in rest if f.is_file()]
    reach = features(name, args, files)
    sets = [reach.get(f'{i:06}', set()) for i in range(len(files))]
    chosen, have, size = [], set(), 0
    for i in range(len(held)):
        chosen.append(i)
        have |= sets[i]
        size += files[i].stat().st_size
    while len(chosen) < FILES_MAX:
        best, best_score = None, 0.0
        for i, reached in enumerate(sets):
            n = files[i].stat().st_size
            gain = len(reached - have)
            if i in chosen or gain == 0 or size + n > BYTES_MAX:
                continue
            score = gain / (32 + n)
            if score > best_score:
                best, best_score = i, score
        if best is None:
            break
        chosen.append(best)
        have |= sets[best]
        size += files[best].stat().st_size
    with tempfile.TemporaryDirectory() as tmp:
        for k, i in enumerate(chosen):
            target = files[i].name if i < len(held) else f'{k:02}'
            shutil.copy(files[i], pathlib.Path(tmp) / target)
        for f in kept:
            f.unlink()
        (CORPUS / name).mkdir(parents=True, exist_ok=True)
        for f in pathlib.Path(tmp).iterdir():
            shutil.copy(f, CORPUS / name / f.name)
    everything = set().union(*sets) if sets else set()
    print(f'{name:10} {len(chosen):3} files {size:6} bytes: {len(have)} of {len(everything)} features')


def main():
    p = argparse.ArgumentParser()
    p.add_argument('--programs', type=pathlib.Path, required=True)
    p.add_argument('--work', type=pathlib.Path, required=True)
    p.add_argument('--seconds', type=int, default=60)
    p.add_argument('--runs', type=int)
    p.add_argument('--minimise', action='store_true')
    p.add_argument('names', nargs='*')
    args = p.parse_args()
    args.programs = args.programs.resolve()
    args.work = args.work.resolve()
    findings = 0
    for name in args.names or LENGTHS:
        if args.minimise:
            minimise(name, args)
            continue
        runs, edges, reached, total, code = fuzz(name, args)
        print(f'{name:10} {runs:10} executions ({count(args, name, runs)} in all), '
              f'{edges} of {total} edges, {reached} features'
              + ('' if code == 0 else f'  FOUND, see {args.work}/{name}.log'), flush=True)
        findings += code != 0
    return findings > 0


if __name__ == '__main__':
    sys.exit(main())
