#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# tests/model/proof.sh <build folder> [<model>...]
#
# Has ProVerif go through the models, and through the same with faults planted: what is
# said of each query has to be what stands here, in order (+ true, - false).  ProVerif is
# not in Debian; PROVERIF names its program (made with 2.05).
set -u
HERE=$(realpath "$(dirname "$0")")
PROVERIF=${PROVERIF:-$(command -v proverif)} || { echo "proof: no ProVerif here"; exit 77; }
OUT=$1/proof
MODELS=" ${*:2} "
passed=0 failed=0
mkdir -p "$OUT"

ask() { # <model> <what is said of it> <definitions...>
    local model=$1 want=$2 said name
    shift 2
    [ "$MODELS" = "  " ] || [[ $MODELS == *" $model "* ]] || return 0
    name=$(tr ' ' . <<<"$model $*")
    cpp -P -undef -traditional-cpp "${@/#/-D}" "$HERE/$model.pv" >"$OUT/$name.pv" &&
        "$PROVERIF" "$OUT/$name.pv" >"$OUT/$name.log" 2>&1
    said=$(sed -nE 's/^RESULT .* is true\.$/+/p; s/^RESULT .* is false\.$/-/p; s/^RESULT .* cannot .*/?/p' "$OUT/$name.log" | tr -d '\n')
    if [ "$said" = "$want" ]; then passed=$((passed + 1)); else failed=$((failed + 1)); fi
    echo "proof: $model${*:+ ($*)}: ${said:-nothing}, expected $want"
}

# Texts 1 to 7; what was stolen after the third opens the fourth.
ask ratchet +++-+++
ask ratchet - REACH
ask ratchet +++---+ QUANTUM
ask ratchet +++---- QUANTUM FAULT_MIX
ask ratchet ++--+++ FAULT_WIPE

# The answer; each side's key is taken for checked only with the other.
ask question +++
ask question +- REACH
ask question -++ FAULT_BASE
ask question +-- FAULT_CI
ask question +-+ FAULT_TAG

# What she writes, what he writes; then: shown is sent, to both; the same key, the same two.
ask handshake ++
ask handshake -- LISTEN REACH
ask handshake +++++ AUTH
ask handshake ++ KEM_FALLS
ask handshake ++ KCI_I
ask handshake ++ KCI_R
ask handshake -+ FAULT_ES
ask handshake +- FAULT_SE
# Recorded, and opened later with all static keys; with a quantum computer, too.
ask handshake ++ LISTEN STOLEN
ask handshake ++ LISTEN STOLEN QUANTUM
ask handshake ++ LISTEN STOLEN KEM_FALLS
ask handshake -- LISTEN STOLEN QUANTUM FAULT_KEM
# Not promised: identity keys against a quantum computer that is there already.
ask handshake -- QUANTUM

echo "proof: $passed passed, $failed failed"
[ $failed -eq 0 ] && [ $passed -gt 0 ]
