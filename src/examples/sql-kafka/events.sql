-- A topic of impressions that know their label but little of their items, which another topic describes.
CREATE TABLE served (
  request STRING,
  at_us BIGINT,
  client ROW<id STRING, country STRING>,
  item STRING,
  clicked BOOLEAN,
  shown_at AS TO_TIMESTAMP_LTZ(COALESCE(at_us, 0) / 1000, 3), -- of 1970 where it is missing: a dead letter
  WATERMARK FOR shown_at AS shown_at - INTERVAL '5' SECOND
) WITH (
  'connector' = 'kafka',
  'topic' = 'served',
  'properties.bootstrap.servers' = 'localhost:9092',
  'properties.isolation.level' = 'read_committed',
  'scan.startup.mode' = 'earliest-offset',
  'scan.watermark.emit.strategy' = 'on-event',
  'format' = 'json'
);

-- Items change rarely: after a second without a change, impressions do not wait for one.
SET 'table.exec.source.idle-timeout' = '1 s';

-- The newest description of each item, by its key.
CREATE TABLE items (
  item STRING,
  category STRING,
  price DOUBLE,
  changed_at TIMESTAMP_LTZ(3) METADATA FROM 'timestamp',
  PRIMARY KEY (item) NOT ENFORCED,
  WATERMARK FOR changed_at AS changed_at
) WITH (
  'connector' = 'upsert-kafka',
  'topic' = 'items',
  'properties.bootstrap.servers' = 'localhost:9092',
  'key.format' = 'raw',
  'value.fields-include' = 'EXCEPT_KEY',
  'value.format' = 'json'
);

-- Each impression with its item as it was when it was shown.
CREATE VIEW examples AS
SELECT s.request AS impression_id, s.shown_at, s.client, s.item, i.category, i.price, s.clicked
FROM served AS s
LEFT JOIN items FOR SYSTEM_TIME AS OF s.shown_at AS i ON s.item = i.item;
