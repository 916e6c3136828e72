#!/usr/bin/env bash
# What docs/operations.md says of the running stack of docker-compose.yml, on a real Docker: the first key, a back-up, one
# replica replaced after the other, a restore into an empty installation.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
url=http://127.0.0.1:8000

# 503 with Retry-After, as for a database that is slow to answer, is no refusal: ask again.
status() { curl --silent --retry 5 --write-out '\n%{http_code}' "$url$1" -H "Authorization: Bearer $key" | tail -n 1; }
expect() { if [ "$1" = "$2" ]; then echo "$3: $1"; else echo "$3: $1 instead of $2" >&2; exit 1; fi; }

key=$(docker compose exec -T api-1 cat /secrets/first-key/api-key)
expect "$(status /v1/me)" 200 'with the first key'
curl --silent --fail --output "$work/upload.json" "$url/v1/documents" -H "Authorization: Bearer $key" -F file=@README.md
docker compose exec -T api-1 rm /secrets/first-key/api-key
document=$(sed 's/.*"document_id":"\([^"]*\)".*/\1/' "$work/upload.json")

# Back-up
docker compose exec -T postgres pg_dump --username=clary --format=custom --no-owner clary > "$work/clary.dump"
docker compose exec -T api-1 tar --create --gzip --directory=/var/lib/clary documents > "$work/documents.tar.gz"
docker compose exec -T api-1 cat /secrets/master-key/master-keys > "$work/master-keys"

# Logs
id=$(curl --silent --output /dev/null --dump-header - "$url/v1/me" | sed -n 's/^x-request-id: \([A-Za-z0-9._-]*\).*/\1/Ip')
lines=$(docker compose logs --no-color api-1 api-2 balancer | grep --count "$id")
expect "$lines" 3 'lines of one refused request: the refusal and the answer, and that of the balancer'

# Upgrade
for replica in api-1 api-2; do
  docker compose up --detach --no-deps --force-recreate --wait "$replica"
  expect "$(status /v1/me)" 200 "after $replica was replaced"
done

# Restore
docker compose down --volumes
docker compose run --rm -T secrets sh -c 'umask 377 && cat > /secrets/master-key/master-keys' < "$work/master-keys"
docker compose up --detach --wait postgres
docker compose exec -T postgres pg_restore --username=clary --dbname=clary --no-owner --exit-on-error < "$work/clary.dump"
docker compose run --rm --no-deps -T api-1 tar --extract --gzip --directory=/var/lib/clary < "$work/documents.tar.gz"
docker compose up --detach --wait
expect "$(status /v1/me)" 200 'with the same key after the restore'
curl --silent --fail "$url/v1/documents/$document/content" -H "Authorization: Bearer $key" | cmp - README.md
echo 'the document has the same bytes'
