# shellcheck shell=bash
# Builds the root file system of the testbed: Debian trixie with a CRIU from unstable and the workloads. Sourced by testbed.sh.

# The stamp changes with the recipe, so that an edited one is built anew.
root_stamp() {
    sha256sum <"$LIB/testbed-bootstrap.sh" | cut -c1-16
}

root_is_current() {
    [ -e "$TESTBED/root/bin/sh" ] && [ "$(cat "$TESTBED/root.stamp" 2>/dev/null)" = "$(root_stamp)" ]
}

cmd_build() {
    require_root "build"
    mkdir -p "$TESTBED"
    local option
    for option in "$@"; do
        case $option in --services | --podman) ;; *) die "build does not know '$option'; see --help." ;; esac
    done
    build_root
    for option in "$@"; do
        "build_${option#--}"
    done
}

build_root() {
    root_is_current && return 0
    exec {build_lock}>"$TESTBED/build.lock"
    flock "$build_lock"
    # Another process may have built it while this one waited.
    if ! root_is_current; then
        if [ -e "$TESTBED/root" ] && grep -qxF "$TESTBED" "$STATE_ROOT"/*/testbed 2>/dev/null; then
            die "the recipe of the testbed root has changed while rigs use the old one: take them down first (eng/testbed.sh clean)."
        fi
        install_missing debootstrap debian-archive-keyring util-linux
        local mirror
        mirror=$(debian_mirror)
        say "building the testbed root in $TESTBED/root (about a minute)"
        # A mount namespace of its own: what debootstrap mounts is gone when it ends, however it ends.
        if ! unshare --mount --propagation private bash "$LIB/testbed-bootstrap.sh" "$TESTBED" "$mirror" \
            >"$TESTBED/build.log" 2>&1 </dev/null {build_lock}>&-; then
            tail -n 20 "$TESTBED/build.log" >&2
            die "the testbed root could not be built (last lines above, the rest in $TESTBED/build.log). Running build again continues with the packages fetched so far."
        fi
        root_stamp >"$TESTBED/root.stamp"
        say "testbed root ready: $(du -sh "$TESTBED/root" | cut -f1), CRIU $(chroot "$TESTBED/root" criu --version | sed -n 's/^Version: //p')"
    fi
    exec {build_lock}>&-
}
