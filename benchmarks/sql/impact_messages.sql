-- Texts and calls of 0 to 599 seconds to two countries, each location on each of 30 days.
INSERT INTO ledger_internationalmessage (
       location_id, charge_id, entry_id, position, external_id, phone, outcome, refusal,
       credits, contract_credits, sent_at, day, channel, country, carrier_type,
       carrier_source, rate_id, seconds, billed_seconds, status, status_detail, profile)
SELECT l.id, n, n, 0, 'impact-' || n,
       CASE n %% 2 WHEN 0 THEN '+5222' ELSE '+336' END
           || lpad((hashint8(n) & 99999999)::text, 8, '0'), 'charged', '', 7, 7,
       d.day, d.day, CASE n %% 3 WHEN 0 THEN 'voice' ELSE 'text' END,
       CASE n %% 2 WHEN 0 THEN 'MX' ELSE 'FR' END, 'mobile', 'metadata', 1,
       CASE n %% 3 WHEN 0 THEN n %% 600 END, CASE n %% 3 WHEN 0 THEN 60 END,
       'delivered', '', '{{}}'
  FROM generate_series(1, {messages}) AS n
  JOIN (SELECT id, row_number() OVER () AS number FROM locations_location) l
    ON l.number = n %% {locations} + 1
  CROSS JOIN LATERAL (SELECT %(today)s::date - 1 - (n / {locations})::int %% 30 AS day) d
