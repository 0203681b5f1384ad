#!/usr/bin/env bash
# Trains the models that predict dirty pages from the traces in data/traces. `eng/train.sh --help` tells more.
set -euo pipefail
REPO=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
LIB=$REPO/eng/lib
for part in output packages torch; do
    # shellcheck source=/dev/null
    . "$LIB/$part.sh"
done

usage() {
    cat <<'HELP'
usage: eng/train.sh [options]              trains all weights: those that ship, and for each family those that never saw it
       eng/train.sh forest [options]       grows the random forest that ships, for the strategy mbdpc
       eng/train.sh compare [options]      trains variants of the model: what each kind of input is worth
       eng/train.sh speed [options]        prediction without TorchSharp against the same model through TorchSharp

Weights that ship go to src/U2CMigration.Prediction/Weights, the others to data/weights; the same traces and seed give the same
weights. TorchSharp needs a newer C++ library than some machines have, so all of it runs inside a host of the testbed (root;
built when it is missing). Options: add --help behind the command, for example `eng/train.sh train --help`.
HELP
}

case ${1:-train} in
    -h | --help | help) usage; exit 0 ;;
    train | forest | compare | speed) command=${1:-train}; shift || true ;;
    *) command=train ;;
esac
require_root "eng/train.sh"
if [[ $command == speed ]]; then
    # Memory that tensors free is kept for the next ones: fresh pages are so slow on some machines that TorchSharp would look worse than it is.
    torch_settings=(MALLOC_TRIM_THRESHOLD_=8589934592 MALLOC_MMAP_THRESHOLD_=8589934592)
fi
run_with_torch ModelTraining "$command" "$@"
