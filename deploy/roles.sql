-- Once, by an administrator, with psql connected to the database "postgres":
--     psql -f deploy/roles.sql postgres
-- Another database name: psql -v database=NAME -f deploy/roles.sql postgres
-- Then give both roles a password: \password redflag_owner and \password redflag_app

\set ON_ERROR_STOP on
\if :{?database} \else \set database redflag \endif

-- Owns the tables and runs `manage.py migrate`. Use it for nothing else: an owner can disable
-- triggers, and the ledger's guards are triggers.
CREATE ROLE redflag_owner LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS;
-- The role of web server, workers, beat and all other commands. It owns nothing.
CREATE ROLE redflag_app LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS;

CREATE DATABASE :"database" OWNER redflag_owner ENCODING 'UTF8' TEMPLATE template0;
\connect :"database"

-- TEMPORARY too: a temporary table would hide ours of the same name.
REVOKE ALL ON DATABASE :"database" FROM PUBLIC;
GRANT CONNECT ON DATABASE :"database" TO redflag_app;
ALTER SCHEMA public OWNER TO redflag_owner;
REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO redflag_app;

-- By default the application may read and insert. UPDATE and DELETE are granted table by table in
-- privileges.sql, so that a forgotten table is protected.
ALTER DEFAULT PRIVILEGES FOR ROLE redflag_owner IN SCHEMA public
    GRANT SELECT, INSERT ON TABLES TO redflag_app;
ALTER DEFAULT PRIVILEGES FOR ROLE redflag_owner IN SCHEMA public
    GRANT USAGE, SELECT ON SEQUENCES TO redflag_app;
