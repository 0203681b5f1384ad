#!/usr/bin/env bash
# Judges predictors by recorded traces: eng/evaluate.sh prediction [--json FILE] [--traces DIR] [--document FILE] [--only NAME]
# Trained predictors are trained without the family that they are judged by. By default the tables in docs/prediction.md are renewed.
set -euo pipefail
REPO=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
if [[ $# -eq 0 || $1 == -h || $1 == --help ]]; then
    sed -n '2,3s/^# //p' "$0"
    exit 0
fi
if [[ $1 != prediction ]]; then
    echo "evaluate: unknown kind of evaluation '$1'; there is: prediction" >&2
    exit 2
fi
shift
case " $* " in
    *" --traces "*) ;;
    *" --only "*) set -- --traces "$REPO/data/traces" --weights "$REPO/data/weights" "$@" ;;
    *) set -- --traces "$REPO/data/traces" --weights "$REPO/data/weights" --document "$REPO/docs/prediction.md" "$@" ;;
esac
dotnet build -c Release --nologo -v quiet "$REPO/samples/PredictionEvaluation"
exec dotnet exec "$REPO/artifacts/bin/PredictionEvaluation/release/PredictionEvaluation.dll" prediction "$@"
