# shellcheck shell=bash
# The services that are moved by tests and by the demo: a layer above the root of the testbed, made only when it is asked for. Sourced by testbed.sh.

services_stamp() {
    { root_stamp; cat "$LIB/testbed-services-bootstrap.sh"; } | sha256sum | cut -c1-16
}

services_are_current() {
    [ -d "$TESTBED/services/usr" ] && [ "$(cat "$TESTBED/services.stamp" 2>/dev/null)" = "$(services_stamp)" ]
}

build_services() {
    services_are_current && return 0
    exec {services_lock}>"$TESTBED/services.lock"
    flock "$services_lock"
    # Another process may have built it while this one waited.
    if ! services_are_current; then
        if [ -e "$TESTBED/services" ] && grep -qxF "$TESTBED/services" "$STATE_ROOT"/*/services 2>/dev/null; then
            die "the recipe of the services has changed while rigs use the old ones: take them down first (eng/testbed.sh clean)."
        fi
        say "installing the services in $TESTBED/services (some minutes, 1.3 GB)"
        # A mount namespace of its own: what the recipe mounts is gone when it ends, however it ends.
        if ! unshare --mount --propagation private bash "$LIB/testbed-services-bootstrap.sh" "$TESTBED" \
            >"$TESTBED/services.log" 2>&1 </dev/null {services_lock}>&-; then
            tail -n 20 "$TESTBED/services.log" >&2
            die "the services could not be installed (last lines above, the rest in $TESTBED/services.log). Running it again continues with the packages fetched so far."
        fi
        services_stamp >"$TESTBED/services.stamp"
        say "services ready: $(du -sh "$TESTBED/services" | cut -f1)"
    fi
    exec {services_lock}>&-
}
