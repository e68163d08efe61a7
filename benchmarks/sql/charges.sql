CREATE TEMP TABLE planned AS
SELECT l.id AS location_id, n + 1 AS number,
       (ARRAY['text', 'voice', 'chat'])[n %% 3 + 1] AS kind,
       3 + (n %% 9 = 0)::int + (n %% 9 = 4)::int + (n %% 9 = 8)::int AS messages,
       (ARRAY[{text}, {call}, {chat}])[n %% 3 + 1] AS price,
       %(starts_on)s::date + (n::bigint * {days} / {entries})::int AS day,
       %(starts_on)s::timestamptz + (n * interval '1 day' * {days} / {entries}) AS at,
       row_number() OVER (ORDER BY l.id, n) + %(ids)s AS id
  FROM locations_location l, generate_series(1, {entries} - 1) AS n;
ALTER TABLE planned ADD COLUMN after bigint;
UPDATE planned SET after = {granted} - s.spent
  FROM (SELECT id AS of, sum(messages * price) OVER (PARTITION BY location_id ORDER BY number)
               AS spent FROM planned) s
 WHERE s.of = planned.id;
INSERT INTO ledger_charge (
       id, location_id, key, fingerprint, kind, on_insufficient, outcome, refusal, at, day,
       needed_credits, credits, available_before, held_before, contract_after,
       purchased_after, overdraft_limit)
SELECT id, location_id, 'big-' || number, '', kind, 'refuse_all', 'charged', '', at, day,
       messages * price, messages * price, after + messages * price, 0, after, 0, 0
  FROM planned;
INSERT INTO ledger_entry (
       id, location_id, number, kind, contract_delta, purchased_delta, contract_after,
       purchased_after, at, day, charge_id, reason, reference)
SELECT id, location_id, number, CASE kind WHEN 'chat' THEN kind ELSE 'international_' || kind
       END, -messages * price, 0, after, 0, at, day, id, '', ''
  FROM planned;
UPDATE ledger_balance b SET contract_credits = p.after, last_number = p.number
  FROM planned p WHERE p.location_id = b.location_id AND p.number = {entries};
