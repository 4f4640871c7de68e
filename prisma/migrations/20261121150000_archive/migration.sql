-- Partitions that were written to files and dropped. What lies in them is answered with an error that names the file,
-- never as if nothing had been known.
create table archived_partitions (
  archived_partition_id  integer generated always as identity primary key,
  table_name             text not null,
  partition_name         text not null,
  from_at                timestamptz(3) not null,
  to_at                  timestamptz(3) not null,
  rows                   bigint not null,
  file                   text not null unique,
  sha256                 text not null,
  archived_at            timestamptz(3) not null,
  check (from_at < to_at)
);
create index archived_partitions_by_table on archived_partitions (table_name, from_at);
