# shellcheck shell=bash
# What the scripts of eng/ say and how they fail. Sourced.

say() { printf '%s\n' "$*" >&2; }

die() {
    printf '%s: %s\n' "$(basename "$0")" "$*" >&2
    exit 1
}

require_root() {
    [ "$(id -u)" -eq 0 ] || die "$1 needs root (namespaces, mounts, package installation): run it as root."
}
