# shellcheck shell=bash
# A cgroup per host in every hierarchy, which becomes the root the host sees. Sourced by testbed.sh.

cgroup_hierarchies() {
    awk '($3 == "cgroup" || $3 == "cgroup2") && $2 ~ "^/sys/fs/cgroup" { print $2 }' /proc/self/mounts
}

# cgroups_make STATE HOST: makes them and lists them in STATE/HOST/cgroups, each before it exists.
cgroups_make() {
    local state=$1 host=$2 hierarchy path file
    local rig=${state##*/}
    : >"$state/$host/cgroups"
    while read -r hierarchy; do
        path=$hierarchy/u2c-testbed/$rig/$host
        printf '%s\n' "$path" >>"$state/$host/cgroups"
        mkdir -p "$path"
        # A cpuset without processors and memory nodes takes no process.
        for file in cpuset.cpus cpuset.mems; do
            if [ ! -e "$hierarchy/$file" ] || [ ! -e "$path/tasks" ]; then continue; fi
            cat "$hierarchy/$file" >"$hierarchy/u2c-testbed/$file"
            cat "$hierarchy/$file" >"$hierarchy/u2c-testbed/$rig/$file"
            cat "$hierarchy/$file" >"$path/$file"
        done
    done < <(cgroup_hierarchies)
}

# cgroups_thaw STATE HOST: a process in a frozen v1 cgroup does not die of SIGKILL.
cgroups_thaw() {
    local path file
    [ -f "$1/$2/cgroups" ] || return 0
    while read -r path; do
        [ -d "$path" ] || continue
        while read -r file; do
            case $file in
                */freezer.state) echo THAWED ;;
                */cgroup.freeze) echo 0 ;;
            esac 2>/dev/null >"$file" || true
        done < <(find "$path" -mindepth 1 \( -name freezer.state -o -name cgroup.freeze \) 2>/dev/null)
    done <"$1/$2/cgroups"
}

cgroups_remove() {
    local path attempt
    [ -f "$1/$2/cgroups" ] || return 0
    while read -r path; do
        # The kernel lets go of the last process a moment after it is gone.
        for attempt in 1 2 3 4 5 6 7 8 9 10; do
            [ -d "$path" ] || break
            find "$path" -depth -type d -exec rmdir {} + 2>/dev/null && break
            sleep "0.0$attempt"
        done
        rmdir "${path%/*}" "${path%/*/*}" 2>/dev/null || true
    done <"$1/$2/cgroups"
}
