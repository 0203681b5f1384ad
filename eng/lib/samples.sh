# shellcheck shell=bash
# Publishes the sample programs that run inside the hosts of a rig. Sourced; needs output.sh and packages.sh, and REPO.

SAMPLES=$REPO/artifacts/samples

# What the programs are made of; a change of any file publishes them anew.
samples_stamp() {
    (
        cd "$REPO" || exit
        find src samples Directory.Build.props Directory.Packages.props global.json nuget.config eng/lib/samples.sh -type f -printf '%p %s %T@\n' | sort | sha256sum | cut -c1-16
    )
}

publish_samples() {
    command -v dotnet >/dev/null || die ".NET is not installed: install the .NET 10 SDK so that 'dotnet' is on PATH."
    mkdir -p "$SAMPLES"
    local lock stamp
    exec {lock}>"$SAMPLES/.lock"
    flock "$lock"
    stamp=$(samples_stamp)
    if [ "$(cat "$SAMPLES/.stamp" 2>/dev/null)" != "$stamp" ]; then
        # fonts for the picture of the migration
        install_missing gcc libc6-dev zlib1g-dev fonts-dejavu-core
        say "publishing the samples (once per change of the sources; a minute or two)"
        publish_agent
        publish_sample LiveMigration -p:PublishReadyToRun=true || publish_failed LiveMigration
        printf '%s\n' "$stamp" >"$SAMPLES/.stamp"
    fi
    exec {lock}>&-
}

# The agent is native code: compiling at run time would lie in the downtime. Without a native compiler, precompiled code is next best.
publish_agent() {
    publish_sample MigrationAgent && return
    say "no native compilation here ($SAMPLES/MigrationAgent.log); the agent is published as precompiled code"
    publish_sample MigrationAgent -p:PublishAot=false -p:PublishReadyToRun=true || publish_failed MigrationAgent
}

publish_sample() {
    local name=$1
    rm -rf "${SAMPLES:?}/$name"
    dotnet publish "$REPO/samples/$name" -c Release --use-current-runtime -o "$SAMPLES/$name" --nologo "${@:2}" >"$SAMPLES/$name.log" 2>&1 </dev/null
}

publish_failed() {
    tail -n 20 "$SAMPLES/$1.log" >&2
    die "$1 could not be published (last lines above, the rest in $SAMPLES/$1.log)."
}
