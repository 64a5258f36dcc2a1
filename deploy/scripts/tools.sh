# shellcheck shell=bash
# Where the tools are that install-tools.sh builds, and their pinned versions.
# Sourced by the other scripts.

MIN_POSTGRES=14
MIN_NODE=20
NODE=v20.20.2 # where the system's is older than MIN_NODE
TEMPORAL=v1.5.1
VERSITYGW=v1.8.0
GOLANGCI_LINT=v2.15.0
GOVULNCHECK=v1.9.0
GITLEAKS=v8.30.1
OAPI_CODEGEN=v2.8.2
OASDIFF=v1.37.0
CYCLONEDX_GOMOD=v1.10.0

if [ -z "${HOME:-}" ]; then
  HOME=$(getent passwd "$(id -u)" | cut -d: -f6)
  export HOME
fi
TOOLS="${XDG_CACHE_HOME:-$HOME/.cache}/football-prediction/tools"

has() { command -v "$1" >/dev/null 2>&1; }
say() { printf '%s\n' "$*" >&2; }

# tool NAME is the path of the one tool of that name that is pinned here.
tool() {
  local version=${1^^}
  version=${version//-/_}
  printf '%s/%s-%s' "$TOOLS" "$1" "${!version}"
}

# node_folder is the folder of a Node.js that is new enough, or nothing.
node_folder() {
  local own
  own="$(tool node)/bin"
  if has node && [ "$(node -p 'process.versions.node.split(".")[0]')" -ge "$MIN_NODE" ]; then
    dirname "$(command -v node)"
  elif [ -x "$own/node" ]; then
    printf '%s' "$own"
  fi
}

# node_modules are the packages of deploy/openapi, in a folder named by their
# lock file: another lock file, another folder.
node_modules() {
  local here
  here=$(cd "$(dirname "${BASH_SOURCE[0]}")/../openapi" && pwd)
  printf '%s/npm-%s/node_modules' "$TOOLS" "$(sha256sum "$here/package-lock.json" | cut -c1-12)"
}
