#!/usr/bin/env bash
# Installs what is missing to run, test or check the project:
#
#   install-tools.sh run    PostgreSQL, Redis, the Temporal CLI
#   install-tools.sh test   the same, a C compiler for the race detector, an S3
#                           server, pgBackRest, Prometheus with Alertmanager and exporters, nginx, and what checks the API's description and
#                           generates the SDKs
#   install-tools.sh sdk    that last part alone
#   install-tools.sh dist   what lists the parts of a release
#   install-tools.sh lint   golangci-lint, govulncheck, gitleaks
#
# System packages come through apt-get, when we are root or may use sudo without a
# password; otherwise the script names them and stops. Tools written in Go
# are built once into ${XDG_CACHE_HOME:-~/.cache}/football-prediction/tools.
# When nothing is missing it only looks, which takes milliseconds.
set -euo pipefail

# shellcheck source=deploy/scripts/tools.sh
. "$(dirname "$0")/tools.sh"

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
  if [ "$1" != sdk ]; then
    has_postgres || echo postgresql
    has redis-server || echo redis-server
  fi
  if [ "$1" = test ] && ! has_compiler; then echo gcc libc6-dev; fi
  if [ "$1" = test ]; then has pgbackrest || echo pgbackrest; fi
  if [ "$1" = test ]; then has openssl || echo openssl; fi
  if [ "$1" = test ]; then has systemd-analyze || echo systemd; fi
  if [ "$1" = test ]; then missing_monitors; fi
  if [ "$1" != run ] && ! has npm; then echo npm; fi
}

# Prometheus and what tells it of the machine, the servers and itself.
missing_monitors() {
  local package
  for package in prometheus prometheus-alertmanager prometheus-node-exporter prometheus-postgres-exporter \
    prometheus-redis-exporter prometheus-nginx-exporter; do
    has "$package" || echo "$package"
  done
  has nginx || echo nginx
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
    for package in postgresql redis-server nginx prometheus prometheus-alertmanager prometheus-node-exporter \
      prometheus-postgres-exporter prometheus-redis-exporter prometheus-nginx-exporter; do
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

# Two runs at once build once.
lock() {
  mkdir -p "$TOOLS"
  if has flock; then
    exec 9>"$TOOLS/.lock"
    flock 9
  fi
}

# build_tool NAME MODULE: builds one tool at its pinned version.
build_tool() {
  local name=$1 module=$2 target version scratch began=$SECONDS
  target=$(tool "$name")
  version=${target##*-}
  if [ -x "$target" ]; then return; fi
  lock
  if [ -x "$target" ]; then return; fi
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
  build_tool temporal github.com/temporalio/cli/cmd/temporal
  link temporal
}

ensure_s3() {
  if has versitygw; then return; fi
  build_tool versitygw github.com/versity/versitygw/cmd/versitygw
  link versitygw
}

# link NAME: programs that look for a tool find it without knowing its version.
link() {
  local target
  target=$(basename "$(tool "$1")")
  if [ "$(readlink "$TOOLS/$1" || true)" != "$target" ]; then ln -sfn "$target" "$TOOLS/$1"; fi
}

# Debian 12 has a Node.js that is too old; npm carries one as a package.
ensure_node() {
  local arch target scratch
  if [ -n "$(node_folder)" ]; then return; fi
  case "$(uname -m)" in
  x86_64) arch=x64 ;;
  aarch64) arch=arm64 ;;
  *)
    say "Install Node.js $MIN_NODE or newer; there is no package of it for $(uname -m)."
    exit 1
    ;;
  esac
  lock
  target=$(tool node)
  scratch=$(mktemp -d "$TOOLS/.build-XXXXXX")
  say "Installing Node.js $NODE beside the system's."
  npm install --silent --no-audit --no-fund --ignore-scripts --prefix "$scratch" "node-linux-$arch@${NODE#v}" >&2
  rm -rf "$target"
  mv "$scratch/node_modules/node-linux-$arch" "$target"
  rm -rf "$scratch"
}

ensure_node_modules() {
  local target scratch began=$SECONDS
  target=$(dirname "$(node_modules)")
  if [ -d "$target" ]; then return; fi
  lock
  if [ -d "$target" ]; then return; fi
  say "Installing what checks the API's description and generates the TypeScript SDK."
  scratch=$(mktemp -d "$TOOLS/.build-XXXXXX")
  cp deploy/openapi/package.json deploy/openapi/package-lock.json deploy/openapi/.npmrc "$scratch"
  if ! (cd "$scratch" && PATH="$(node_folder):$PATH" npm ci --silent --ignore-scripts >&2); then
    rm -rf "$scratch"
    say "npm ci of deploy/openapi failed"
    exit 1
  fi
  mv "$scratch" "$target"
  say "Installed in $((SECONDS - began)) s."
}

ensure_sdk_tools() {
  ensure_node
  ensure_node_modules
  build_tool oapi-codegen github.com/oapi-codegen/oapi-codegen/v2/cmd/oapi-codegen
  build_tool oasdiff github.com/oasdiff/oasdiff
}

ensure_linters() {
  build_tool golangci-lint github.com/golangci/golangci-lint/v2/cmd/golangci-lint
  build_tool govulncheck golang.org/x/vuln/cmd/govulncheck
  build_tool gitleaks github.com/zricethezav/gitleaks/v8
}

cd "$(dirname "$0")/../.."
case "${1:-}" in
run)
  ensure_packages run
  ensure_temporal
  ;;
test)
  ensure_packages test
  ensure_temporal
  ensure_s3
  ensure_sdk_tools
  ;;
sdk)
  ensure_packages sdk
  ensure_sdk_tools
  ;;
dist)
  build_tool cyclonedx-gomod github.com/CycloneDX/cyclonedx-gomod/cmd/cyclonedx-gomod
  ;;
lint)
  ensure_linters
  ;;
*)
  say "usage: install-tools.sh run|test|sdk|dist|lint"
  exit 2
  ;;
esac
