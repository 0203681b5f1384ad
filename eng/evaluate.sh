#!/usr/bin/env bash
# Judges predictors and strategies by recorded traces:
#   eng/evaluate.sh prediction [--json FILE] [--traces DIR] [--document FILE] [--reliability PNG] [--only NAME] [--predictors A,B]
#   eng/evaluate.sh strategies [--json FILE] [--traces DIR] [--document FILE] [--only NAME] [--strategies A,B] [--copies 1,4] [--again-share X]
#   eng/evaluate.sh scale [--gib 1,16] [--strategies A,B]     what a replay costs per page, up to 1 TiB
# Trained predictors are trained without the family that they are judged by. By default the tables in docs/KIND.md are renewed.
set -euo pipefail
REPO=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
if [[ $# -eq 0 || $1 == -h || $1 == --help ]]; then
    sed -n '2,6s/^# //p' "$0"
    exit 0
fi
kind=$1
if [[ $kind != prediction && $kind != strategies && $kind != scale ]]; then
    echo "evaluate: unknown kind of evaluation '$kind'; there are: prediction, strategies, scale" >&2
    exit 2
fi
shift
case "$kind $* " in
    scale* | *" --traces "*) ;;
    *)
        case " $* " in
            *" --document "* | *" --only "* | *" --strategies "* | *" --predictors "* | *" --copies "* | *" --again-share "*) ;;
            *) set -- --document "$REPO/docs/$kind.md" "$@" ;;
        esac
        [[ $kind != prediction || " $* " == *" --weights "* ]] || set -- --weights "$REPO/data/weights" "$@"
        set -- --traces "$REPO/data/traces" "$@"
        ;;
esac
dotnet build -c Release --nologo -v quiet "$REPO/samples/PredictionEvaluation"
exec dotnet exec "$REPO/artifacts/bin/PredictionEvaluation/release/PredictionEvaluation.dll" "$kind" "$@"
