#!/usr/bin/env bash
# Closes a machine to all but SSH and the web, and opens databases and metrics to
# machines inside alone:
#
#   firewall.sh [--dry-run] [NETWORK]...      networks inside, such as 10.0.0.0/8
#
# SSH is allowed before anything is denied, so that nobody locks himself out. Docker
# publishes ports past ufw: our compose files publish on 127.0.0.1 alone.
set -euo pipefail

run=(ufw)
if [ "${1:-}" = --dry-run ]; then
  run=(echo ufw)
  shift
elif [ "$(id -u)" != 0 ]; then
  echo "firewall.sh: run it as root, or with --dry-run to see what it would do" >&2
  exit 1
fi
for network in "$@"; do
  case $network in
  */[0-9]*) ;;
  *)
    echo "firewall.sh: $network is no network; say one such as 10.0.0.0/8" >&2
    exit 2
    ;;
  esac
  case $network in
  0.0.0.0/* | ::/*)
    echo "firewall.sh: $network is everybody; name networks inside" >&2
    exit 2
    ;;
  esac
done

"${run[@]}" allow "${SSH_PORT:-22}/tcp"
"${run[@]}" allow 80/tcp
"${run[@]}" allow 443/tcp
for network in "$@"; do
  for port in 5432 6379 7233 9090 9093 9100 9101; do
    "${run[@]}" allow from "$network" to any port "$port" proto tcp
  done
done
"${run[@]}" default deny incoming
"${run[@]}" default allow outgoing
"${run[@]}" --force enable
