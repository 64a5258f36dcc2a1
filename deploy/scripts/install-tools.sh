#!/usr/bin/env bash
# Installs what is missing to run, test or check the project:
#
#   install-tools.sh run    PostgreSQL, Redis, the Temporal CLI
#   install-tools.sh test   the same and a C compiler, for the race detector
#   install-tools.sh lint   golangci-lint, govulncheck, gitleaks
#
# System packages come through apt-get, when we are root or may use sudo without a
# password; otherwise the script names them and stops. Tools written in Go
# are built once into ${XDG_CACHE_HOME:-~/.cache}/football-prediction/tools.
# When nothing is missing it only looks, which takes milliseconds.
set -euo pipefail

MIN_POSTGRES=14
TEMPORAL=v1.5.1
GOLANGCI=v2.15.0
GOVULNCHECK=v1.9.0
GITLEAKS=v8.30.1

if [ -z "${HOME:-}" ]; then
  HOME=$(getent passwd "$(id -u)" | cut -d: -f6)
  export HOME
fi
TOOLS="${XDG_CACHE_HOME:-$HOME/.cache}/football-prediction/tools"

has() { command -v "$1" >/dev/null 2>&1; }
say() { printf '%s\n' "$*" >&2; }

has_postgres() {
  local folder major
  for folder in /usr/lib/postgresql/*/bin; do
    major=$(basename "$(dirname "$folder")")
    if [ -x "$folder/initdb" ] && [ "$major" -ge "$MIN_POSTGRES" ]; then return 0; fi
  done
  has postgres && has initdb || return 1
  major=$(postgres --version | sed -E 's/.*\) ([0-9]+).*/\1/')
  [ "$major" -ge "$MIN_POSTGRES" ]
}

has_compiler() { has "${CC:-gcc}" && [ -e /usr/include/stdlib.h ]; }

# The Debian packages that are missing for a purpose.
missing_packages() {
  has_postgres || echo postgresql
  has redis-server || echo redis-server
  if [ "$1" = test ] && ! has_compiler; then echo gcc libc6-dev; fi
}

# Debian's packages start and enable a server of their own, which nobody here
# asked for: no cluster is made, nothing is started, and what was new is disabled.
install_packages() {
  local root=() policy=/usr/sbin/policy-rc.d cluster=/etc/postgresql-common/createcluster.conf
  if [ "$(id -u)" != 0 ]; then root=(sudo -n); fi
  say "Installing with apt-get, which takes about a minute: $*"
  if [ ! -e "$cluster" ]; then
    "${root[@]}" mkdir -p "$(dirname "$cluster")"
    echo 'create_main_cluster = false' | "${root[@]}" tee "$cluster" >/dev/null
  fi
  if [ ! -e "$policy" ]; then
    printf '#!/bin/sh\nexit 101\n' | "${root[@]}" tee "$policy" >/dev/null
    "${root[@]}" chmod 755 "$policy"
    # shellcheck disable=SC2064 # the values of now are meant
    trap "${root[*]} rm -f $policy" EXIT
  fi
  local apt=("${root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -qq -o DPkg::Lock::Timeout=300 -o Dpkg::Use-Pty=0)
  local out began=$SECONDS
  if ! out=$("${apt[@]}" update 2>&1); then
    say "$out"
    say "apt-get update failed; trying with the lists at hand"
  fi
  if ! out=$("${apt[@]}" install -y --no-install-recommends "$@" 2>&1); then
    say "$out"
    say "apt-get could not install: $*"
    exit 1
  fi
  say "Installed in $((SECONDS - began)) s."
  if has systemctl; then
    local package
    for package in postgresql redis-server; do
      case " $* " in *" $package "*) "${root[@]}" systemctl disable --now "$package" >/dev/null 2>&1 || true ;; esac
    done
  fi
}

ensure_packages() {
  local missing
  read -ra missing <<<"$(missing_packages "$1" | tr '\n' ' ')"
  if [ ${#missing[@]} = 0 ]; then return; fi
  if has apt-get && { [ "$(id -u)" = 0 ] || sudo -n true 2>/dev/null; }; then
    install_packages "${missing[@]}"
    return
  fi
  say "These are missing, and only an administrator can install them:"
  say "  apt-get install ${missing[*]}"
  say "On a system without apt-get: PostgreSQL $MIN_POSTGRES or newer and Redis 6 or newer on PATH$([ "$1" = test ] && echo ', and a C compiler')."
  exit 1
}

# build_tool NAME VERSION MODULE: builds one tool as TOOLS/NAME-VERSION.
build_tool() {
  local name=$1 version=$2 module=$3 target="$TOOLS/$1-$2" scratch began=$SECONDS
  if [ -x "$target" ]; then return; fi
  mkdir -p "$TOOLS"
  # Two runs at once build once.
  if has flock; then
    exec 9>"$TOOLS/.lock"
    flock 9
    if [ -x "$target" ]; then return; fi
  fi
  say "Building $name $version once; this can take some minutes."
  scratch=$(mktemp -d "$TOOLS/.build-XXXXXX")
  if ! GOFLAGS='' GOWORK=off GOBIN="$scratch" go install "$module@$version"; then
    rm -rf "$scratch"
    say "Building $name failed: go install $module@$version"
    exit 1
  fi
  mv "$scratch"/* "$target"
  rmdir "$scratch"
  say "Built $name $version in $((SECONDS - began)) s."
}

ensure_temporal() {
  if has temporal; then return; fi
  build_tool temporal "$TEMPORAL" github.com/temporalio/cli/cmd/temporal
  if [ "$(readlink "$TOOLS/temporal" || true)" != "temporal-$TEMPORAL" ]; then
    ln -sfn "temporal-$TEMPORAL" "$TOOLS/temporal"
  fi
}

ensure_linters() {
  build_tool golangci-lint "$GOLANGCI" github.com/golangci/golangci-lint/v2/cmd/golangci-lint
  build_tool govulncheck "$GOVULNCHECK" golang.org/x/vuln/cmd/govulncheck
  build_tool gitleaks "$GITLEAKS" github.com/zricethezav/gitleaks/v8
}

case "${1:-}" in
run | test)
  ensure_packages "$1"
  ensure_temporal
  ;;
lint)
  ensure_linters
  ;;
*)
  say "usage: install-tools.sh run|test|lint"
  exit 2
  ;;
esac
