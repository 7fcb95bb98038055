#!/bin/sh
# backup.sh DIRECTORY DAYS: a dated backup into the directory; older ones go only when it was made.
set -eu
directory=$1 days=$2
"${PORTAL:-portal}" backup "$directory/portal-$(date -u +%Y-%m-%dT%H%M%SZ).tar.gz"
find "$directory" -maxdepth 1 -name 'portal-*.tar.gz' -mtime "+$days" -delete
