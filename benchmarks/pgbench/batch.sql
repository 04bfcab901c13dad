\set first :first_member + :client_id * :choices
\set start random(1, :choices)
SELECT 1 / (count(*) = 1000)::int FROM record_usage(:organization, now(), ARRAY(SELECT gen_random_uuid()::text FROM generate_series(1, 1000)), ARRAY(SELECT :first + (:start + n) % :choices FROM generate_series(1, 1000) n), array_fill(1.25, ARRAY[1000]), array_fill(now(), ARRAY[1000]), array_fill('IDE'::text, ARRAY[1000]), array_fill('Agent'::text, ARRAY[1000]), array_fill(false, ARRAY[1000])) WHERE outcome = 'recorded';
