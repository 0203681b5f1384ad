#!/usr/bin/env bash
# The same migration under several strategies, interleaved and repeated, with ratios. Options: eng/compare.sh --help.
exec "$(dirname "${BASH_SOURCE[0]}")/demo.sh" compare "$@"
