# shellcheck shell=bash
# Runs a program that uses TorchSharp where its native library loads: inside a host of the testbed. Sourced; needs output.sh and packages.sh, and REPO.

# Settings of the environment that it gets, NAME=VALUE.
torch_settings=()

# run_with_torch SAMPLE ARGUMENTS...
run_with_torch() {
    local name=$1 log=$REPO/artifacts/$1.build.log
    shift
    command -v dotnet >/dev/null || die ".NET is not installed: install the .NET 10 SDK so that 'dotnet' is on PATH."
    mkdir -p "$REPO/artifacts"
    # Nothing of the build may go on running behind it: node reuse and build servers off.
    dotnet build "$REPO/samples/$name" -c Release -nologo -v quiet -nodeReuse:false -p:UseSharedCompilation=false >"$log" 2>&1 </dev/null || {
        grep -E 'error ' "$log" | sort -u | head -n 20 >&2
        die "samples/$name does not build (all of it in $log)."
    }
    bash "$REPO/eng/testbed.sh" build
    # Files that are named without their folder are the checkout's, not the host's, which are gone afterwards.
    bash "$REPO/eng/testbed.sh" run -- env --chdir="$REPO" "${torch_settings[@]}" dotnet exec "$REPO/artifacts/bin/$name/release/$name.dll" "$@"
}
