-- The sandbox's own notes, out of the way of the service: what was loaded, and which users are samples,
-- so that whoever arrives from outside is left alone when the samples are made anew.
create schema if not exists hopsdesk_sandbox;

create table if not exists hopsdesk_sandbox.manifest (
  name text not null primary key,
  value text not null
);

create table if not exists hopsdesk_sandbox.sample_users (
  id text not null primary key
);
