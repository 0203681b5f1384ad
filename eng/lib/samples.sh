# shellcheck shell=bash
# Publishes the sample programs that run inside the hosts of a rig. Sourced; needs output.sh and packages.sh, and REPO.

SAMPLES=$REPO/artifacts/samples

# publish_samples: each program anew when a file that it is made of has changed.
publish_samples() {
    command -v dotnet >/dev/null || die ".NET is not installed: install the .NET 10 SDK so that 'dotnet' is on PATH."
    mkdir -p "$SAMPLES"
    local lock
    exec {lock}>"$SAMPLES/.lock"
    flock "$lock"
    publish_when_changed MigrationAgent publish_agent src samples/MigrationEvents samples/MigrationAgent
    publish_when_changed LiveMigration publish_live_migration src samples/KeyValueProtocols samples/MigrationEvents samples/MigrationReport samples/LiveMigration
    exec {lock}>&-
}

# publish_web_service: the one that the workload aspnet is.
publish_web_service() {
    publish_when_changed MinimalApi publish_minimal_api samples/MinimalApi
}

publish_minimal_api() {
    publish MinimalApi --no-self-contained
}

# publish_when_changed NAME FUNCTION FOLDER...
publish_when_changed() {
    local name=$1 function=$2 stamp
    stamp=$(stamp_of "${@:3}")
    [ "$(cat "$SAMPLES/$name.stamp" 2>/dev/null)" != "$stamp" ] || return 0
    # zlib for the native compiler, fonts for the picture of the migration
    install_missing gcc libc6-dev zlib1g-dev fonts-dejavu-core
    say "publishing $name (once per change of the sources, half a minute on an idle machine)"
    "$function" || {
        tail -n 20 "$SAMPLES/$name.log" >&2
        die "$name could not be published (last lines above, the rest in $SAMPLES/$name.log)."
    }
    printf '%s\n' "$stamp" >"$SAMPLES/$name.stamp"
}

stamp_of() {
    (
        cd "$REPO" || exit
        find "$@" samples/Directory.Build.props Directory.Build.props Directory.Packages.props global.json nuget.config eng/lib/samples.sh \
            -type f -printf '%p %s %T@\n' | sort | sha256sum | cut -c1-16
    )
}

# The agent is native code: compiling at run time would lie in the downtime. Without a native compiler, precompiled code is next best.
publish_agent() {
    publish MigrationAgent && return
    say "no native compilation here ($SAMPLES/MigrationAgent.log); the agent is published as precompiled code"
    publish MigrationAgent -p:PublishAot=false -p:PublishReadyToRun=true
}

publish_live_migration() {
    publish LiveMigration -p:PublishReadyToRun=true
}

publish() {
    local name=$1
    rm -rf "${SAMPLES:?}/$name"
    dotnet publish "$REPO/samples/$name" -c Release --use-current-runtime -o "$SAMPLES/$name" --nologo "${@:2}" >"$SAMPLES/$name.log" 2>&1 </dev/null
}
