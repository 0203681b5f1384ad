# shellcheck shell=bash
# Packages of the machine itself, by apt. Sourced; needs output.sh.

# install_missing PACKAGE...: installs only what is absent, so that a second run asks the network nothing.
install_missing() {
    local missing=() package
    for package in "$@"; do
        dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || missing+=("$package")
    done
    [ "${#missing[@]}" -gt 0 ] || return 0
    command -v apt-get >/dev/null || die "missing packages (${missing[*]}) and no apt-get here: install them by hand, then run this again."
    say "installing on this machine: ${missing[*]}"
    local log
    log=$(mktemp)
    if ! { apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "${missing[@]}"; } >"$log" 2>&1 </dev/null; then
        tail -n 20 "$log" >&2
        rm -f "$log"
        die "apt could not install ${missing[*]} (its last lines are above)."
    fi
    rm -f "$log"
}

# debian_mirror: the address of the Debian archive that apt of this machine is configured with. U2C_MIRROR overrides it.
debian_mirror() {
    if [ -n "${U2C_MIRROR:-}" ]; then
        printf '%s\n' "${U2C_MIRROR%/}"
        return
    fi
    local mirror
    mirror=$(apt-get --print-uris update 2>/dev/null | sed -nE "s#^'(https?://[^']*/debian)/+dists/.*#\1#p" | head -n 1)
    [ -n "$mirror" ] || die "apt's sources name no Debian archive by http: set U2C_MIRROR to one (the address that has dists/ below it)."
    printf '%s\n' "$mirror"
}
