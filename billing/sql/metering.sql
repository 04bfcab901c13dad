-- Why a member may not consume Credits: every reason, in the order in which an admin mends them.
CREATE FUNCTION blocked_reasons(
    status text, is_unlimited boolean, personal_limit numeric, personal_used numeric,
    group_limit numeric, group_used numeric
) RETURNS text[] LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN array_remove(ARRAY[
    CASE status WHEN 'DISABLED' THEN 'member_disabled' WHEN 'DELETED' THEN 'member_removed' END,
    CASE
        WHEN is_unlimited THEN NULL
        WHEN personal_limit IS NULL THEN 'personal_limit_not_set'
        WHEN personal_used >= personal_limit THEN 'personal_limit_reached'
    END,
    CASE WHEN group_used >= group_limit THEN 'billing_group_limit_reached' END
], NULL);

-- A report with what the database knows of it; `verdict` is set where that settles it.
CREATE TYPE usage_report AS (
    n integer, event_id text, member_id bigint, credits numeric(18, 4),
    occurred_at timestamptz, source text, operation text, enforced boolean,
    status text, is_unlimited boolean, personal_limit numeric(18, 4),
    period_id bigint, billing_group_id bigint,
    record_id bigint, verdict text,
    event_rank integer, member_rank integer, group_rank integer
);

-- Judge and record 1 to 1,000 reports of one organization in the order given; one row answers
-- each. The order of locks is the same in every call: members, group totals, records, totals.
-- Raises MP001 when a period is missing (the caller makes it and calls again) and 40001 when
-- another call recorded one of the event ids meanwhile.
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
    reports usage_report[];
    report usage_report;
    first usage_report;
    limited boolean;
    why text[];
    recorded_as integer[];   -- by event_rank: the report of this call that was recorded
    personal_used numeric[]; -- by member_rank: Credits of the member in the period
    group_used numeric[];    -- by group_rank: Credits of the billing group in the period
    group_limits numeric[];
    kept integer[] := '{}';
    inserted bigint;
BEGIN
    -- 1. No reassignment and no second consumption slips between check and record.
    PERFORM FROM members_member
    WHERE organization_id = of_organization AND id = ANY (member_ids)
    ORDER BY id FOR NO KEY UPDATE;

    -- 2. What is known of each report, read after that lock.
    reports := ARRAY(SELECT (
        r.n, r.event_id, r.member_id, r.credits, r.occurred_at, r.source, r.operation,
        NOT r.force AND period.ends_at > received_at,
        member.status, member.is_unlimited, member.personal_limit,
        coalesce(known.period_id, period.id),
        coalesce(known.billing_group_id, place.billing_group_id), known.id,
        CASE
            WHEN member.id IS NULL THEN 'unknown_member'
            WHEN known.same THEN 'duplicate'
            WHEN known.id IS NOT NULL THEN 'conflict'
            WHEN r.occurred_at > received_at + interval '5 minutes' THEN 'in_the_future'
            WHEN period.id IS NULL THEN 'before_first_period'
            WHEN r.occurred_at >= period.ends_at THEN 'no_period'
            WHEN period.final_at <= received_at THEN 'too_late'
        END,
        dense_rank() OVER (ORDER BY r.event_id COLLATE "C"),
        dense_rank() OVER (ORDER BY period.id, r.member_id),
        dense_rank() OVER (ORDER BY period.id, place.billing_group_id)
    )::usage_report
    FROM unnest(event_ids, member_ids, amounts, times, sources, operations, forced)
        WITH ORDINALITY
        AS r (event_id, member_id, credits, occurred_at, source, operation, force, n)
    LEFT JOIN LATERAL (
        SELECT * FROM members_member
        WHERE id = r.member_id AND organization_id = of_organization OFFSET 0
    ) member ON true
    LEFT JOIN LATERAL (
        SELECT * FROM billing_period
        WHERE organization_id = of_organization AND starts_at <= r.occurred_at
        ORDER BY starts_at DESC LIMIT 1
    ) period ON true
    LEFT JOIN LATERAL (
        SELECT id, period_id, billing_group_id, (
            kind = 'usage' AND member_id = r.member_id AND credits = r.credits
            AND occurred_at = r.occurred_at AND source = r.source AND operation = r.operation
        ) AS same
        FROM billing_usagerecord
        WHERE organization_id = of_organization AND event_id = r.event_id COLLATE "C" OFFSET 0
    ) known ON true
    LEFT JOIN LATERAL (
        SELECT CASE WHEN r.occurred_at >= member.assigned_at THEN member.billing_group_id
            ELSE coalesce(
                (
                    SELECT billing_group_id FROM billing_assignment
                    WHERE member_id = r.member_id AND started_at <= r.occurred_at
                        AND r.occurred_at < ended_at
                    LIMIT 1
                ),
                (
                    SELECT id FROM billing_billinggroup
                    WHERE organization_id = of_organization AND is_unassigned
                )
            ) END AS billing_group_id
        OFFSET 0
    ) place ON true
    ORDER BY r.n);

    IF EXISTS (SELECT FROM unnest(reports) WHERE verdict = 'no_period') THEN
        RAISE EXCEPTION 'a period is missing' USING ERRCODE = 'MP001';
    END IF;

    -- 3. Where a limit counts, the totals are locked before they are compared with it. A limit that
    -- is set from here on counts for the next call: nothing is compared with a total that may move.
    limited := EXISTS (
        SELECT FROM unnest(reports) r
        JOIN billing_billinggroup g ON g.id = r.billing_group_id
        WHERE r.verdict IS NULL AND g.period_limit IS NOT NULL
    );
    IF limited THEN
        INSERT INTO billing_grouptotal (organization_id, period_id, billing_group_id, credits)
        SELECT DISTINCT of_organization, period_id, billing_group_id, 0
        FROM unnest(reports) WHERE verdict IS NULL
        ORDER BY period_id, billing_group_id
        ON CONFLICT DO NOTHING;
        PERFORM FROM billing_grouptotal
        WHERE (period_id, billing_group_id) IN (
            SELECT period_id, billing_group_id FROM unnest(reports) WHERE verdict IS NULL
        )
        ORDER BY period_id, billing_group_id FOR NO KEY UPDATE;
    END IF;

    SELECT
        array_agg(coalesce(total.credits, 0) ORDER BY group_rank),
        array_agg(
            CASE WHEN limited AND g.deleted_at IS NULL THEN g.period_limit END ORDER BY group_rank
        )
    INTO group_used, group_limits
    FROM (SELECT DISTINCT group_rank, period_id, billing_group_id FROM unnest(reports)) r
    LEFT JOIN billing_grouptotal total USING (period_id, billing_group_id)
    LEFT JOIN billing_billinggroup g ON g.id = r.billing_group_id;

    SELECT array_agg(coalesce(total.credits, 0) ORDER BY member_rank) INTO personal_used
    FROM (SELECT DISTINCT member_rank, period_id, member_id FROM unnest(reports)) r
    LEFT JOIN LATERAL (
        SELECT sum(credits) AS credits FROM billing_usagetotal
        WHERE period_id = r.period_id AND member_id = r.member_id
    ) total ON true;

    -- 4. Admission, with running sums in the order given.
    FOREACH report IN ARRAY reports LOOP
        CONTINUE WHEN report.verdict IN ('unknown_member', 'duplicate', 'conflict');
        IF recorded_as[report.event_rank] IS NOT NULL THEN
            first := reports[recorded_as[report.event_rank]];
            report.verdict := CASE
                WHEN first.member_id = report.member_id AND first.credits = report.credits
                    AND first.occurred_at = report.occurred_at AND first.source = report.source
                    AND first.operation = report.operation
                THEN 'duplicate' ELSE 'conflict' END;
            report.record_id := first.record_id;
            report.period_id := first.period_id;
            report.billing_group_id := first.billing_group_id;
            reports[report.n] := report;
            CONTINUE;
        END IF;
        CONTINUE WHEN report.verdict IS NOT NULL;
        IF report.enforced THEN
            why := blocked_reasons(
                report.status, report.is_unlimited, report.personal_limit,
                personal_used[report.member_rank],
                group_limits[report.group_rank], group_used[report.group_rank]);
            IF why <> '{}' AND report.credits = 0 THEN -- no limit refuses what consumes nothing
                why := blocked_reasons(report.status, true, NULL, NULL, NULL, NULL);
            END IF;
            IF why <> '{}' THEN
                reports[report.n].verdict := 'refused:' || array_to_string(why, ',');
                CONTINUE;
            END IF;
        END IF;
        reports[report.n].verdict := 'recorded';
        reports[report.n].record_id := nextval('billing_usagerecord_id_seq');
        kept := kept || report.n;
        recorded_as[report.event_rank] := report.n;
        personal_used[report.member_rank] :=
            personal_used[report.member_rank] + report.credits;
        group_used[report.group_rank] := group_used[report.group_rank] + report.credits;
    END LOOP;

    -- 5. Totals of the members (their rows are locked), the records, totals of the groups.
    IF kept <> '{}' THEN
        INSERT INTO billing_usagetotal AS total
            (organization_id, period_id, member_id, billing_group_id, credits)
        SELECT of_organization, period_id, member_id, billing_group_id, sum(credits)
        FROM unnest(reports) WHERE n = ANY (kept)
        GROUP BY period_id, member_id, billing_group_id
        ORDER BY period_id, member_id, billing_group_id
        ON CONFLICT (period_id, member_id, billing_group_id)
            DO UPDATE SET credits = total.credits + excluded.credits;

        INSERT INTO billing_usagerecord (
            id, organization_id, period_id, billing_group_id, member_id, credits, occurred_at,
            recorded_at, kind, event_id, source, operation, reason, actor)
        SELECT record_id, of_organization, period_id, billing_group_id, member_id, credits, occurred_at,
            received_at, 'usage', event_id, source, operation, '', ''
        FROM unnest(reports) WHERE n = ANY (kept)
        ORDER BY event_id COLLATE "C"
        ON CONFLICT (organization_id, event_id) DO NOTHING;
        GET DIAGNOSTICS inserted = ROW_COUNT;
        IF inserted <> cardinality(kept) THEN
            RAISE EXCEPTION 'an event id was recorded meanwhile' USING ERRCODE = '40001';
        END IF;

        INSERT INTO billing_grouptotal AS total
            (organization_id, period_id, billing_group_id, credits)
        SELECT of_organization, period_id, billing_group_id, sum(credits)
        FROM unnest(reports) WHERE n = ANY (kept)
        GROUP BY period_id, billing_group_id
        ORDER BY period_id, billing_group_id
        ON CONFLICT (period_id, billing_group_id)
            DO UPDATE SET credits = total.credits + excluded.credits;
    END IF;

    RETURN QUERY
    SELECT r.n, split_part(r.verdict, ':', 1),
        string_to_array(nullif(split_part(r.verdict, ':', 2), ''), ','),
        r.record_id, r.period_id, r.billing_group_id
    FROM unnest(reports) r ORDER BY r.n;
END $$;
