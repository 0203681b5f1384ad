# shellcheck shell=bash
# Layers above the root of the testbed, each made only when it is asked for: the services that are moved by tests and by the demo, and podman. Sourced by testbed.sh.

# layer_stamp NAME
layer_stamp() {
    { root_stamp; cat "$LIB/testbed-$1-bootstrap.sh"; } | sha256sum | cut -c1-16
}

layer_is_current() {
    [ -d "$TESTBED/$1/usr" ] && [ "$(cat "$TESTBED/$1.stamp" 2>/dev/null)" = "$(layer_stamp "$1")" ]
}

build_services() { build_layer services "the services" "some minutes, 1.3 GB"; }

build_podman() { build_layer podman podman "half a minute, 35 MB"; }

# build_layer NAME WHAT COST
build_layer() {
    local name=$1 what=$2 cost=$3
    layer_is_current "$name" && return 0
    exec {layer_lock}>"$TESTBED/$name.lock"
    flock "$layer_lock"
    # Another process may have built it while this one waited.
    if ! layer_is_current "$name"; then
        if [ -e "$TESTBED/$name" ] && grep -qxF "$TESTBED/$name" "$STATE_ROOT"/*/layers 2>/dev/null; then
            die "the recipe of $what has changed while rigs use the old one: take them down first (eng/testbed.sh clean)."
        fi
        say "installing $what in $TESTBED/$name ($cost)"
        # A mount namespace of its own: what the recipe mounts is gone when it ends, however it ends.
        if ! unshare --mount --propagation private bash "$LIB/testbed-$name-bootstrap.sh" "$TESTBED" \
            >"$TESTBED/$name.log" 2>&1 </dev/null {layer_lock}>&-; then
            tail -n 20 "$TESTBED/$name.log" >&2
            die "$what cannot be installed (last lines above, the rest in $TESTBED/$name.log). Running it again continues with the packages fetched so far."
        fi
        layer_stamp "$name" >"$TESTBED/$name.stamp"
        say "$what: $(du -sh "$TESTBED/$name" | cut -f1)"
    fi
    exec {layer_lock}>&-
}
