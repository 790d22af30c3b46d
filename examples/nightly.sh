#!/bin/sh
# 每晚的任务 A nightly job: check, score, contracts. sh examples/nightly.sh 绩效方案.xlsx /srv/perfxl
# 退出码见 exit codes: docs/exit-codes.md
set -u
program=$1 out=$2
mkdir -p "$out"

perfxl check "$program" --json > "$out/check.json"
code=$?
if [ "$code" -ge 2 ]; then
    echo "cannot be used: see $out/check.json" >&2
    exit "$code"
fi
# With errors (1) the job goes on: what they touch is held back, the rest is made.
worst=$code
perfxl score "$program" -o "$out/scores.xlsx" --json > "$out/score.json"
code=$?
[ "$code" -gt "$worst" ] && worst=$code
perfxl documents contract "$program" -o "$out/contracts" --json > "$out/documents.json"
code=$?
[ "$code" -gt "$worst" ] && worst=$code
exit "$worst"
