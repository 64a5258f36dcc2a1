#!/usr/bin/env bash
# Builds static, stripped binaries, as images and releases carry them:
#
#   VERSION=v1.2.3 COMMIT=0123abcd build-static.sh FOLDER [api|worker|footballctl]...
#
# The same source gives the same bytes: no paths, no times. GOOS and GOARCH choose
# another machine.
set -euo pipefail
cd "$(dirname "$0")/../.."

out=${1:?"usage: build-static.sh FOLDER [PROGRAM]..."}
shift
if [ $# = 0 ]; then set -- api worker footballctl; fi
info=github.com/football-prediction/football-prediction/cmd/internal/buildinfo
for program in "$@"; do
  CGO_ENABLED=0 go build -trimpath -buildvcs=false -tags grpcnotrace,retrynotrace \
    -ldflags "-s -w -X $info.version=${VERSION:-devel} -X $info.commit=${COMMIT:-unknown}" \
    -o "$out/" "./cmd/$program"
done
