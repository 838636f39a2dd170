#!/bin/sh
# In the container of the S3 server, once: makes the application's account, which may use its bucket and nothing else.
#   docker compose exec s3 sh /s3-account.sh
set -eu
secret() { cat "/run/secrets/$1"; }

export ADMIN_ENDPOINT_URL="http://127.0.0.1:7070" ADMIN_ACCESS_KEY_ID=root
ADMIN_SECRET_ACCESS_KEY=$(secret s3_root_secret_key)
export ADMIN_SECRET_ACCESS_KEY
versitygw admin create-user --access "$(secret s3_access_key)" --secret "$(secret s3_secret_key)" --role user
versitygw admin create-bucket --owner "$(secret s3_access_key)" --bucket "${1:-stazhirovka}"
