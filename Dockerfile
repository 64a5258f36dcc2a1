# syntax=docker/dockerfile:1.7
# The images of the platform:
#
#   docker build --target api|worker|operations|releaser|ctl .
#
# api, worker and ctl hold one static binary each and the public certificate
# authorities; there is no shell to break into. operations is the worker with the
# programs that backups need, of the servers' own versions. All run as a user
# without rights and need no writable root: mount a tmpfs at /tmp.

FROM golang:1.26.8-bookworm AS build
ARG VERSION=devel
ARG COMMIT=unknown
WORKDIR /src
COPY go.mod go.sum ./
RUN --mount=type=cache,target=/go/pkg/mod go mod download
COPY . .
RUN --mount=type=cache,target=/go/pkg/mod --mount=type=cache,target=/root/.cache/go-build \
    VERSION=$VERSION COMMIT=$COMMIT deploy/scripts/build-static.sh /out \
 && install -d -m 1777 /empty

FROM scratch AS static
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/ca-certificates.crt
COPY --from=build /empty /tmp
USER 65532:65532

FROM static AS api
COPY --from=build /out/api /api
EXPOSE 8000 9100
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s --retries=3 CMD ["/api", "--probe", "live"]
ENTRYPOINT ["/api"]

FROM static AS worker
COPY --from=build /out/worker /worker
EXPOSE 9101
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s --retries=3 CMD ["/worker", "--probe"]
ENTRYPOINT ["/worker"]

FROM static AS ctl
COPY --from=build /out/footballctl /footballctl
ENTRYPOINT ["/footballctl"]

# pg_dump, pg_restore and pg_amcheck come with the server's image, so they are of
# its very version; redis-server rehearses restores; pgbackrest archives.
FROM postgres:15.18-bookworm AS operations
RUN apt-get update \
 && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends ca-certificates pgbackrest redis-server redis-tools \
 && rm -rf /var/lib/apt/lists/* \
 && groupadd --gid 65532 football \
 && useradd --uid 65532 --gid 65532 --no-create-home --home-dir /tmp --shell /usr/sbin/nologin football \
 && install -d -o 65532 -g 65532 -m 0700 /backup /uploads
COPY --from=build /out/worker /out/footballctl /usr/local/bin/
USER 65532:65532
EXPOSE 9101
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s --retries=3 CMD ["worker", "--probe"]
ENTRYPOINT ["worker"]
CMD ["--queues", "operations"]

# The operations worker of deploy/compose/colours.yml, which starts and stops the
# colours by Docker Compose.
FROM operations AS releaser
COPY --from=docker:28.1.1-cli /usr/local/bin/docker /usr/local/bin/docker
COPY --from=docker:28.1.1-cli /usr/local/libexec/docker/cli-plugins/docker-compose /usr/local/libexec/docker/cli-plugins/docker-compose
