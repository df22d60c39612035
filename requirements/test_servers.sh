#!/bin/sh
# Sees to the servers that the tests of many machines start by themselves: Redis or Valkey, and PgBouncer.
#
# Installs Debian's packages where one is missing, without starting or enabling a service of them that is not there yet.
# What it does is said on stderr; exit 1 with a line on what is needed.
set -eu

PATH=$PATH:/usr/sbin:/usr/local/sbin
export PATH

have() {
    command -v "$1" >/dev/null
}

# Debian asks this program before a package starts its service.
without_services() {
    policy=/usr/sbin/policy-rc.d
    if [ -e "$policy" ]; then
        "$@"
        return
    fi
    printf '#!/bin/sh\nexit 101\n' | $as_root tee "$policy" >/dev/null && $as_root chmod 755 "$policy"
    "$@" && failed=0 || failed=$?
    $as_root rm -f "$policy"
    return $failed
}

install() {
    printf 'Installing %s ...\n' "$*" >&2
    without_services $as_root env DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends "$@" >&2
}

if { have redis-server || have valkey-server; } && have pgbouncer; then exit; fi

if have apt-get; then
    if [ "$(id -u)" -eq 0 ]; then as_root=; else as_root="sudo -n"; fi
    if $as_root true 2>/dev/null && $as_root apt-get update -q >&2; then
        have redis-server || have valkey-server || install redis-server || install valkey-server || true
        have pgbouncer || install pgbouncer || true
    fi
fi
{ have redis-server || have valkey-server; } && have pgbouncer || {
    printf 'The tests of many machines start a Redis or Valkey and a PgBouncer of their own: install redis-server or\n' >&2
    printf 'valkey-server, and pgbouncer; most systems have packages of these names.\n' >&2
    exit 1
}
