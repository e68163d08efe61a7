INSERT INTO ledger_chatmessage (
       location_id, charge_id, entry_id, position, external_id, phone, outcome, refusal,
       credits, contract_credits, sent_at, day, inbox_id, direction, content, text_type,
       card_id)
SELECT p.location_id, p.id, p.id, m, 'big-' || p.number || '-' || m, '+12015550123',
       'charged', '', p.price, p.price, p.at, p.day, i.id,
       CASE m %% 2 WHEN 0 THEN 'inbound' ELSE 'outbound' END,
       'Is the office open on day ' || p.number || '?', 'sms', %(card)s
  FROM planned p JOIN locations_chatinbox i ON i.location_id = p.location_id,
       generate_series(0, p.messages - 1) AS m
 WHERE p.kind = 'chat' ORDER BY p.id, m;
