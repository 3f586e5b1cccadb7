-- Impressions and clicks in files of Parquet, as a nightly job leaves them.
CREATE TABLE shown (
  request_id BIGINT,
  shown_at TIMESTAMP_LTZ(3),
  user_id STRING,
  item STRING,
  tags ARRAY<STRING>,
  price DECIMAL(10, 2),
  -- files are read in any order: as far back as the rows of one may be behind another's
  WATERMARK FOR shown_at AS shown_at - INTERVAL '1' DAY
) WITH ('connector' = 'filesystem', 'format' = 'parquet', 'path' = 'file:///data/shown');

CREATE TABLE clicked (
  request_id BIGINT,
  clicked_at TIMESTAMP_LTZ(3),
  WATERMARK FOR clicked_at AS clicked_at - INTERVAL '1' DAY
) WITH ('connector' = 'filesystem', 'format' = 'parquet', 'path' = 'file:///data/clicked');

-- What is learned: a view named impressions, and one for each action.
CREATE VIEW impressions AS
SELECT request_id AS impression_id, shown_at, user_id AS `user`, item, tags, price FROM shown;

CREATE VIEW clicks AS
SELECT request_id AS impression_id, clicked_at FROM clicked;
