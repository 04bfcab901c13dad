-- Judge and record 1 to 1,000 reports of one organization in the order given; one row answers
-- each. The order of locks is the same in every call: members, ended periods, group totals,
-- records, totals. Raises MP001 when a period is missing (the caller makes it and calls again) and
-- 40001 when another call recorded one of the event ids meanwhile, or a late window changed.
CREATE FUNCTION record_usage(
    of_organization bigint, received_at timestamptz,
    event_ids text[], member_ids bigint[], amounts numeric[], times timestamptz[],
    sources text[], operations text[], forced boolean[]
) RETURNS TABLE (
    n integer, outcome text, reasons text[], record_id bigint,
    period_id bigint, billing_group_id bigint
) LANGUAGE plpgsql SET plan_cache_mode = force_generic_plan AS $$
#variable_conflict use_column
DECLARE
    outcomes text[];
    record_ids bigint[];
    period_ids bigint[];
    group_ids bigint[];
    enforced boolean[];
    late_periods bigint[];
    finals timestamptz[];
    refusals text[];
    limited boolean;
    inserted integer;
BEGIN
    -- 1. No reassignment and no second consumption slips between check and record.
    PERFORM FROM members_member
    WHERE organization_id = of_organization AND id = ANY (member_ids)
    ORDER BY id FOR NO KEY UPDATE;

    -- 2. What is known of each report, read after that lock.
    SELECT array_agg(outcome), array_agg(record_id), array_agg(period_id),
        array_agg(billing_group_id), array_agg(enforced),
        array_agg(period_id) FILTER (WHERE outcome IS NULL AND is_late),
        array_agg(final_at) FILTER (WHERE outcome IS NULL AND is_late)
    INTO outcomes, record_ids, period_ids, group_ids, enforced, late_periods, finals
    FROM (
        SELECT
            settled_as(
                member.id, known.id, known.is_same, r.occurred_at, received_at,
                period.id, period.ends_at, period.final_at
            ) AS outcome,
            known.id AS record_id,
            coalesce(known.period_id, period.id) AS period_id,
            CASE
                WHEN known.id IS NOT NULL THEN known.billing_group_id
                WHEN r.occurred_at >= member.assigned_at THEN member.billing_group_id
                WHEN member.id IS NOT NULL
                THEN past_billing_group(of_organization, r.member_id, r.occurred_at)
            END AS billing_group_id,
            NOT r.force AND period.ends_at > received_at AS enforced,
            period.ends_at <= received_at AS is_late,
            period.final_at
        FROM unnest(event_ids, member_ids, amounts, times, sources, operations, forced)
            WITH ORDINALITY
            AS r (event_id, member_id, credits, occurred_at, source, operation, force, n)
        LEFT JOIN LATERAL (
            SELECT id, assigned_at, billing_group_id FROM members_member
            WHERE id = r.member_id AND organization_id = of_organization OFFSET 0
        ) member ON true
        LEFT JOIN LATERAL (
            SELECT id, ends_at, final_at FROM billing_period
            WHERE organization_id = of_organization AND starts_at <= r.occurred_at
            ORDER BY starts_at DESC LIMIT 1
        ) period ON true
        LEFT JOIN LATERAL (
            SELECT id, period_id, billing_group_id, (
                kind = 'usage' AND member_id = r.member_id AND credits = r.credits
                AND occurred_at = r.occurred_at AND source = r.source AND operation = r.operation
            ) AS is_same
            FROM billing_usagerecord
            WHERE organization_id = of_organization AND event_id = r.event_id COLLATE "C" OFFSET 0
        ) known ON true
        ORDER BY r.n
    ) r;
    IF 'no_period' = ANY (outcomes) THEN
        RAISE EXCEPTION 'a period is missing' USING ERRCODE = 'MP001';
    END IF;
    IF late_periods IS NOT NULL THEN
        PERFORM hold_late_periods(late_periods, finals);
    END IF;

    -- 3. Where a limit counts, the totals are locked before they are compared with it. A limit that
    -- is set from here on counts for the next call: nothing is compared with a total that may move.
    limited := EXISTS (
        SELECT FROM billing_billinggroup
        WHERE id = ANY (group_ids) AND period_limit IS NOT NULL
    );
    IF limited THEN
        INSERT INTO billing_grouptotal (organization_id, period_id, billing_group_id, credits)
        SELECT DISTINCT of_organization, period_id, billing_group_id, 0
        FROM unnest(outcomes, period_ids, group_ids) AS r (outcome, period_id, billing_group_id)
        WHERE outcome IS NULL
        ORDER BY period_id, billing_group_id
        ON CONFLICT DO NOTHING;
        PERFORM FROM billing_grouptotal
        WHERE (period_id, billing_group_id) IN (
            SELECT DISTINCT period_id, billing_group_id
            FROM unnest(outcomes, period_ids, group_ids)
                AS r (outcome, period_id, billing_group_id)
            WHERE outcome IS NULL
        )
        ORDER BY period_id, billing_group_id FOR NO KEY UPDATE;
    END IF;

    -- 4. Admission: where nothing can be refused nobody is asked, else each is judged in turn.
    IF may_be_refused(
        event_ids, member_ids, amounts, outcomes, period_ids, group_ids, enforced, limited
    ) THEN
        SELECT * INTO outcomes, refusals, record_ids, period_ids, group_ids
        FROM judge_in_turn(
            event_ids, member_ids, amounts, times, sources, operations, enforced, limited,
            outcomes, record_ids, period_ids, group_ids
        );
    ELSE
        outcomes := ARRAY(SELECT coalesce(o, 'recorded') FROM unnest(outcomes) o);
        record_ids := ARRAY(
            SELECT coalesce(id, nextval('billing_usagerecord_id_seq')) FROM unnest(record_ids) id
        );
    END IF;

    -- 5. Totals of the members (their rows are locked), the records, totals of the groups.
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

    RETURN QUERY
    SELECT r.n::integer, r.outcome, string_to_array(r.why, ','), r.record_id, r.period_id, r.billing_group_id
    FROM unnest(outcomes, refusals, record_ids, period_ids, group_ids) WITH ORDINALITY
        AS r (outcome, why, record_id, period_id, billing_group_id, n)
    ORDER BY r.n;
END $$;
