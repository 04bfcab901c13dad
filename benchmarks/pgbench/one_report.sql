\set member :first_member + :step * random(0, :choices - 1)
SELECT 1 / (outcome = 'recorded')::int FROM record_one_usage(:organization, now(), gen_random_uuid()::text, :member, 1.25, now(), 'IDE', 'Agent', false);
