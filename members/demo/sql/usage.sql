-- Records at the hours of a working week: few people consume much, most of them little. Each counts
-- for the billing group in which its member was at its time.
CREATE TEMPORARY TABLE demo_consumer ON COMMIT DROP AS
SELECT id AS member_id, row_number() OVER (ORDER BY random()) AS place
FROM members_member
WHERE organization_id = %(organization)s AND (is_unlimited OR personal_limit IS NOT NULL);

CREATE TEMPORARY TABLE demo_use ON COMMIT DROP AS
WITH drawn AS MATERIALIZED (
    SELECT period_id, since + lasts * random() AS at,
        1 + floor((SELECT count(*) FROM demo_consumer) * power(random(), 2))::bigint AS place,
        random() AS source, random() AS operation, -ln(1 - random()) AS amount
    FROM unnest(
        %(periods)s::bigint[], %(hours)s::timestamptz[], %(lasts)s::interval[], %(counts)s::integer[]
    ) AS hour (period_id, since, lasts, count),
        generate_series(1, hour.count)
)
SELECT period_id, billing_group_id, member_id, at, source, operation,
    greatest(0.0001, round((%(credits)s * amount * CASE
        WHEN operation < 0.4 THEN 1 WHEN operation < 0.78 THEN 0.3 ELSE 2.8
    END)::numeric, 4)) AS credits
FROM drawn
JOIN demo_consumer USING (place)
JOIN billing_assignment assignment USING (member_id)
WHERE started_at <= at AND (ended_at IS NULL OR at < ended_at);

INSERT INTO billing_usagetotal (organization_id, period_id, member_id, billing_group_id, credits)
SELECT %(organization)s, period_id, member_id, billing_group_id, sum(credits)
FROM demo_use GROUP BY period_id, member_id, billing_group_id
ORDER BY period_id, member_id, billing_group_id;

INSERT INTO billing_grouptotal (organization_id, period_id, billing_group_id, credits)
SELECT %(organization)s, period_id, billing_group_id, sum(credits)
FROM demo_use GROUP BY period_id, billing_group_id
ORDER BY period_id, billing_group_id;

INSERT INTO billing_usagerecord (
    organization_id, period_id, billing_group_id, member_id, credits, occurred_at,
    recorded_at, kind, event_id, source, operation, reason, actor)
SELECT %(organization)s, period_id, billing_group_id, member_id, credits, at, at, 'usage',
    'evt-' || lpad((row_number() OVER (ORDER BY at))::text, 9, '0'),
    CASE WHEN source < 0.62 THEN 'ide' WHEN source < 0.87 THEN 'cli' ELSE 'ci' END,
    CASE WHEN operation < 0.4 THEN 'chat' WHEN operation < 0.78 THEN 'completion' ELSE 'agent' END,
    '', ''
FROM demo_use ORDER BY at;
