INSERT INTO ledger_internationalmessage (
       location_id, charge_id, entry_id, position, external_id, phone, outcome, refusal,
       credits, contract_credits, sent_at, day, channel, country, carrier_type,
       carrier_source, rate_id, seconds, billed_seconds, status, status_detail, profile)
SELECT p.location_id, p.id, p.id, m, 'big-' || p.number || '-' || m,
       '+5222' || lpad((hashint8(p.id * 7 + m) & 99999999)::text, 8, '0'), 'charged', '',
       p.price, p.price, p.at, p.day, p.kind, 'MX', 'mobile', 'metadata', r.id,
       CASE p.kind WHEN 'voice' THEN 61 END, CASE p.kind WHEN 'voice' THEN 120 END,
       'delivered', '', jsonb_build_object(
           'First Name', 'Recipient', 'Last Name', 'Number ' || m, 'Unique ID', 'E-' || p.id)
  FROM planned p JOIN locations_rate r ON r.card_id = %(card)s AND r.country = 'MX'
       AND r.carrier_type = 'mobile' AND r.prefix = '' AND r.channel = p.kind,
       generate_series(0, p.messages - 1) AS m
 WHERE p.kind <> 'chat' ORDER BY p.id, m;
