-- What a batch writes: record_usage says when.

-- The totals of the groups of a call, made if missing and locked in key order.
CREATE FUNCTION lock_group_totals(
    of_organization bigint, outcomes text[], period_ids bigint[], group_ids bigint[]
) RETURNS void LANGUAGE plpgsql AS $$
#variable_conflict use_column
BEGIN
    INSERT INTO billing_grouptotal (organization_id, period_id, billing_group_id, credits)
    SELECT DISTINCT of_organization, period_id, billing_group_id, 0
    FROM unnest(outcomes, period_ids, group_ids) AS r (outcome, period_id, billing_group_id)
    WHERE outcome IS NULL
    ORDER BY period_id, billing_group_id
    ON CONFLICT DO NOTHING;
    PERFORM FROM billing_grouptotal
    WHERE (period_id, billing_group_id) IN (
        SELECT DISTINCT period_id, billing_group_id
        FROM unnest(outcomes, period_ids, group_ids) AS r (outcome, period_id, billing_group_id)
        WHERE outcome IS NULL
    )
    ORDER BY period_id, billing_group_id FOR NO KEY UPDATE;
END $$;

-- The totals of the members, whose rows are locked, and the records. Raises 40001 when another call
-- recorded one of the event ids meanwhile.
CREATE FUNCTION add_records(
    of_organization bigint, received_at timestamptz,
    outcomes text[], record_ids bigint[], period_ids bigint[], group_ids bigint[],
    member_ids bigint[], amounts numeric[], times timestamptz[],
    event_ids text[], sources text[], operations text[]
) RETURNS void LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
    inserted integer;
BEGIN
    INSERT INTO billing_usagetotal AS total
        (organization_id, period_id, member_id, billing_group_id, credits)
    SELECT of_organization, period_id, member_id, billing_group_id, sum(credits)
    FROM unnest(outcomes, period_ids, member_ids, group_ids, amounts)
        AS r (outcome, period_id, member_id, billing_group_id, credits)
    WHERE outcome = 'recorded'
    GROUP BY period_id, member_id, billing_group_id
    ORDER BY period_id, member_id, billing_group_id
    ON CONFLICT (period_id, member_id, billing_group_id)
        DO UPDATE SET credits = total.credits + excluded.credits;

    INSERT INTO billing_usagerecord (
        id, organization_id, period_id, billing_group_id, member_id, credits, occurred_at,
        recorded_at, kind, event_id, source, operation, reason, actor)
    SELECT record_id, of_organization, period_id, billing_group_id, member_id, credits,
        occurred_at, received_at, 'usage', event_id, source, operation, '', ''
    FROM unnest(
        outcomes, record_ids, period_ids, group_ids, member_ids, amounts, times,
        event_ids, sources, operations
    ) AS r (
        outcome, record_id, period_id, billing_group_id, member_id, credits, occurred_at,
        event_id, source, operation
    )
    WHERE outcome = 'recorded'
    ORDER BY event_id COLLATE "C"
    ON CONFLICT (organization_id, event_id) DO NOTHING;
    GET DIAGNOSTICS inserted = ROW_COUNT;
    IF inserted <> cardinality(array_positions(outcomes, 'recorded')) THEN
        RAISE EXCEPTION 'an event id was recorded meanwhile' USING ERRCODE = '40001';
    END IF;
END $$;

-- The totals of the groups, locked in key order.
CREATE FUNCTION add_to_groups(
    of_organization bigint, outcomes text[], period_ids bigint[], group_ids bigint[],
    amounts numeric[]
) RETURNS void LANGUAGE plpgsql AS $$
#variable_conflict use_column
BEGIN
    INSERT INTO billing_grouptotal AS total
        (organization_id, period_id, billing_group_id, credits)
    SELECT of_organization, period_id, billing_group_id, sum(credits)
    FROM unnest(outcomes, period_ids, group_ids, amounts)
        AS r (outcome, period_id, billing_group_id, credits)
    WHERE outcome = 'recorded'
    GROUP BY period_id, billing_group_id
    ORDER BY period_id, billing_group_id
    ON CONFLICT (period_id, billing_group_id)
        DO UPDATE SET credits = total.credits + excluded.credits;
END $$;
