#!/usr/bin/env bash
# Whether a port of this container answers a path with 200, by bash alone: no image needs curl.
#   http-ok.sh PORT PATH
set -euo pipefail
exec 3<>"/dev/tcp/127.0.0.1/$1"
printf 'GET %s HTTP/1.0\r\nHost: localhost\r\n\r\n' "$2" >&3
read -r _ status _ <&3
[ "$status" = 200 ]
