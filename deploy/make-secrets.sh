#!/bin/sh
# Makes the secrets of docker-compose.yml as files in ./secrets; those that exist stay. What an .env of an earlier release
# holds is taken over. With `s3` also those of docker-compose.s3.yml. Run it where the .env is.
set -eu
umask 077
mkdir -p secrets

random() { od -An -N32 -tx1 /dev/urandom | tr -d ' \n'; }

former() { # the value of a variable of .env, without quotes
    [ -f .env ] || return 0
    sed -n "s/^$1=//p" .env | tail -n 1 | sed "s/^[\"']//; s/[\"'] *\$//"
}

keep() { # NAME, the value of an earlier release (or nothing), a new value
    [ ! -e "secrets/$1" ] || return 0
    printf '%s\n' "${2:-$3}" > "secrets/$1"
    if [ -n "$2" ]; then echo "secrets/$1: taken from .env"; else echo "secrets/$1: made"; fi
}

keep secret_key "$(former LMS_SECRET_KEY)" "$(random)"
keep personal_data_keys "$(former LMS_PERSONAL_DATA_KEYS)" "k1:$(head -c 32 /dev/urandom | base64)"
keep database_password "$(former POSTGRES_PASSWORD)" "$(random)"
keep postgres_password "" "$(random)"
keep redis_password "$(former REDIS_PASSWORD)" "$(random)"
keep metrics_token "" "$(random)"
[ -e secrets/mail_password ] || : > secrets/mail_password
if [ "${1:-}" = s3 ]; then
    keep s3_access_key "" stazhirovka
    keep s3_secret_key "" "$(random)"
    keep s3_root_secret_key "" "$(random)"
fi
# The folder is closed to other accounts; the files are open to those that containers run as.
chmod 0444 secrets/*

moved='LMS_SECRET_KEY|LMS_PERSONAL_DATA_KEYS|POSTGRES_PASSWORD|REDIS_PASSWORD'
left=$(grep -E "^($moved)=." .env 2>/dev/null | cut -d= -f1 | tr '\n' ' ' || true)
[ -z "$left" ] || echo "Nothing reads these lines of .env any more; remove them: $left"
echo "Keep a copy of secrets/secret_key and secrets/personal_data_keys apart from the database's copies."
