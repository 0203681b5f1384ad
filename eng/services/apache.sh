#!/usr/bin/env bash
# Apache with prefork, a process per connection, which come and go with the load.
# shellcheck source=eng/services/service.sh
. "$(dirname "${BASH_SOURCE[0]}")/service.sh"
# shellcheck source=eng/services/files.sh
. "$HERE/files.sh"
PORT=8081

prepare() {
    make_files
    cat >"$DIR/apache.conf" <<CONF
ServerName services
ServerRoot /etc/apache2
PidFile $DIR/apache.pid
DefaultRuntimeDir $DIR
Mutex fcntl:$DIR
Listen 0.0.0.0:$PORT
LoadModule mpm_prefork_module /usr/lib/apache2/modules/mod_mpm_prefork.so
LoadModule authz_core_module /usr/lib/apache2/modules/mod_authz_core.so
User www-data
Group www-data
StartServers 4
MinSpareServers 2
MaxSpareServers 6
MaxRequestWorkers 40
KeepAlive On
MaxKeepAliveRequests 0
KeepAliveTimeout 600
ErrorLog $DIR/logs/error.log
DocumentRoot $DIR/www
<Directory $DIR/www>
    Require all granted
</Directory>
CONF
}

serve() {
    # It takes itself for a user's program and lets its processes be as they are.
    export LD_PRELOAD=$NATIVE/preload/asroot.so
    exec apache2 -D FOREGROUND -f "$DIR/apache.conf"
}

load() {
    load_files "$PORT" 8
}

check() {
    ! grep -E ':(alert|emerg|crit|error)\]' "$DIR/logs/error.log" || fault "Apache complains (above)."
}

run_service "$@"
