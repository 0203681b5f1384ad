# shellcheck shell=bash
# The one setting of the machine that a rig changes, and the lock under which rigs come and go. Sourced by testbed.sh.

# CRIU's lazy dump keeps page descriptors in pipes; without CAP_SYS_RESOURCE it cannot pass the machine's limit.
PIPE_BYTES=8388608
PIPE_SETTING=/proc/sys/fs/pipe-max-size

# with_state_lock CMD...: one rig comes or goes at a time. The lock is not inherited by what CMD starts.
with_state_lock() {
    local lock
    mkdir -p "$STATE_ROOT"
    exec {lock}>"$STATE_ROOT/.lock"
    flock -w 120 "$lock" || die "another testbed command has held $STATE_ROOT/.lock for two minutes."
    "$@"
    exec {lock}>&-
}

machine_prepare() {
    local before
    before=$(<"$PIPE_SETTING")
    [ "$before" -lt "$PIPE_BYTES" ] || return 0
    printf '%s\n' "$before" >"$STATE_ROOT/.pipe-max-size"
    printf '%s\n' "$PIPE_BYTES" >"$PIPE_SETTING"
}

# Puts the setting back when no rig is left.
machine_restore() {
    [ -e "$STATE_ROOT/.pipe-max-size" ] && [ -z "$(rig_names)" ] || return 0
    cat "$STATE_ROOT/.pipe-max-size" >"$PIPE_SETTING"
    rm -f "$STATE_ROOT/.pipe-max-size"
}
