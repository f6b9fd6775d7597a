#!/bin/sh
# Two roles and the database, as the first start of the container makes them; running it again changes passwords only.
# cs_owner owns the tables and migrates; cs_app, as which everything else runs, owns nothing.
set -eu

psql -X -q -v ON_ERROR_STOP=1 -U "${POSTGRES_USER:-postgres}" -d postgres \
    -v owner_password="${OWNER_PASSWORD:?}" -v app_password="${APP_PASSWORD:?}" <<'SQL'
SELECT 'CREATE ROLE cs_owner' WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'cs_owner') \gexec
SELECT 'CREATE ROLE cs_app' WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'cs_app') \gexec
ALTER ROLE cs_owner LOGIN NOSUPERUSER NOCREATEROLE NOCREATEDB PASSWORD :'owner_password';
ALTER ROLE cs_app LOGIN NOSUPERUSER NOCREATEROLE NOCREATEDB PASSWORD :'app_password';
SELECT 'CREATE DATABASE cs OWNER cs_owner' WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = 'cs') \gexec
REVOKE ALL ON DATABASE cs FROM PUBLIC;
GRANT CONNECT, TEMPORARY ON DATABASE cs TO cs_app;
\c cs
CREATE EXTENSION IF NOT EXISTS pg_trgm;
CREATE EXTENSION IF NOT EXISTS unaccent;
CREATE EXTENSION IF NOT EXISTS btree_gin;
GRANT USAGE ON SCHEMA public TO cs_app;
ALTER DEFAULT PRIVILEGES FOR ROLE cs_owner GRANT SELECT, INSERT, UPDATE, DELETE, MAINTAIN ON TABLES TO cs_app;
ALTER DEFAULT PRIVILEGES FOR ROLE cs_owner GRANT USAGE, SELECT ON SEQUENCES TO cs_app;
SQL
