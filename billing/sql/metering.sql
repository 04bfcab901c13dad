-- Judge and record 1 to 1,000 reports of one organization in the order given; one row answers
-- each. The order of locks is the same in every call: members, ended periods, group totals by key.
-- Only an event id that two members were given can come between, before the totals in one call and
-- after them in another: one is called again then. Raises MP001 when a period is missing (the caller
-- makes it and calls again) and 40001 when another call recorded one of the event ids meanwhile, or a
-- late window changed.
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
    settled text[];
    new_ids bigint[];
    limited bigint[];  -- the billing groups that have a limit
    in_turn boolean;
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

    -- 3. Where nothing can be refused, everything goes in, the totals of the groups last: who else
    -- reports to them waits for the end of this call only. By then they are locked; if one came so
    -- near to its limit that a report had to be refused, all is undone. A limit that is set from
    -- here on counts for the next call.
    limited := ARRAY(
        SELECT id FROM billing_billinggroup
        WHERE id = ANY (group_ids) AND period_limit IS NOT NULL
    );
    in_turn := members_may_be_refused(
        event_ids, member_ids, amounts, outcomes, period_ids, enforced
    ) OR groups_may_be_refused(
        amounts, outcomes, period_ids, group_ids, enforced, limited
    );
    IF NOT in_turn THEN
        BEGIN
            settled := ARRAY(SELECT coalesce(o, 'recorded') FROM unnest(outcomes) o);
            new_ids := ARRAY(
                SELECT coalesce(id, nextval('billing_usagerecord_id_seq'))
                FROM unnest(record_ids) id
            );
            PERFORM add_records(
                of_organization, received_at, settled, new_ids, period_ids, group_ids,
                member_ids, amounts, times, event_ids, sources, operations
            );
            PERFORM add_to_groups(of_organization, settled, period_ids, group_ids, amounts);
            IF limits_may_be_crossed(outcomes, period_ids, group_ids, enforced, limited) THEN
                RAISE EXCEPTION 'a limit is near' USING ERRCODE = 'MP002';
            END IF;
            outcomes := settled;
            record_ids := new_ids;
        EXCEPTION WHEN SQLSTATE 'MP002' THEN
            in_turn := true;
        END;
    END IF;

    -- 4. Else the totals are locked before they are compared, and each report is judged in turn.
    IF in_turn THEN
        IF limited <> '{}' THEN
            PERFORM lock_group_totals(of_organization, outcomes, period_ids, group_ids);
        END IF;
        SELECT * INTO outcomes, refusals, record_ids, period_ids, group_ids
        FROM judge_in_turn(
            event_ids, member_ids, amounts, times, sources, operations, enforced,
            limited <> '{}', outcomes, record_ids, period_ids, group_ids
        );
        PERFORM add_records(
            of_organization, received_at, outcomes, record_ids, period_ids, group_ids,
            member_ids, amounts, times, event_ids, sources, operations
        );
        PERFORM add_to_groups(of_organization, outcomes, period_ids, group_ids, amounts);
    END IF;

    RETURN QUERY
    SELECT r.n::integer, r.outcome, string_to_array(r.why, ','), r.record_id, r.period_id, r.billing_group_id
    FROM unnest(outcomes, refusals, record_ids, period_ids, group_ids) WITH ORDINALITY
        AS r (outcome, why, record_id, period_id, billing_group_id, n)
    ORDER BY r.n;
END $$;
