#!/usr/bin/env bash
# A minimal API of ASP.NET Core under the JIT, with the server's garbage collector. Variants: server, default (with appsettings.json
# watched for changes, as every such service does), overlay (the same on an overlay, as in a container, where a watched file cannot be found again), workstation.
# shellcheck source=eng/services/service.sh
. "$(dirname "${BASH_SOURCE[0]}")/service.sh"
PORT=8085
PROGRAM=${ASPNET_PROGRAM:-$REPO/artifacts/bin/MinimalApi/release/MinimalApi.dll}

prepare() {
    [ -f "$PROGRAM" ] || fault "there is no $PROGRAM: build samples/MinimalApi."
}

serve() {
    export DOTNET_gcServer=1 DOTNET_EnableDiagnostics=0 DOTNET_TieredPGO=1 ASPNETCORE_URLS=http://0.0.0.0:$PORT DOTNET_hostBuilder__reloadConfigOnChange=false DOTNET_CLI_TELEMETRY_OPTOUT=1
    case $VARIANT in
        default | overlay) unset DOTNET_hostBuilder__reloadConfigOnChange ;;
        workstation) export DOTNET_gcServer=0 ;;
    esac
    if [ "$VARIANT" = overlay ]; then
        cp -r "$(dirname "$PROGRAM")" /opt/service
        PROGRAM=/opt/service/MinimalApi.dll
    fi
    cd "$(dirname "$PROGRAM")"
    exec dotnet exec "$PROGRAM" "${MIB:-64}"
}

load() {
    await_port "$PORT"
    exec python3 "$HERE/http_load.py" "$ADDRESS" "$PORT" store hash
}

check() {
    :
}

run_service "$@"
