-- Whether a report of a call might come twice or be refused for its member, asked of the sums of the
-- call, as if every member had but one report and that one the last. The members are locked.
CREATE FUNCTION members_may_be_refused(
    event_ids text[], member_ids bigint[], amounts numeric[],
    outcomes text[], period_ids bigint[], enforced boolean[]
) RETURNS boolean LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
    least_amount CONSTANT numeric := 0.0001;
BEGIN
    RETURN (
        SELECT count(DISTINCT event_id COLLATE "C") < count(*) FROM unnest(event_ids) event_id
    ) OR EXISTS (
        SELECT FROM (
            SELECT period_id, member_id, sum(credits) - least_amount AS more
            FROM unnest(outcomes, enforced, period_ids, member_ids, amounts)
                AS r (outcome, enforced, period_id, member_id, credits)
            WHERE outcome IS NULL
            GROUP BY period_id, member_id HAVING bool_or(enforced)
        ) r
        JOIN LATERAL (
            SELECT status, is_unlimited, personal_limit FROM members_member
            WHERE id = r.member_id OFFSET 0
        ) member ON true
        LEFT JOIN LATERAL (
            SELECT sum(credits) AS used FROM billing_usagetotal
            WHERE NOT member.is_unlimited AND period_id = r.period_id AND member_id = r.member_id
        ) total ON true
        WHERE is_blocked(
            status, is_unlimited, personal_limit, coalesce(used, 0) + more, NULL, NULL
        )
    );
END $$;

-- The same of the billing groups, whose totals are not locked yet: a guess, to be confirmed.
CREATE FUNCTION groups_may_be_refused(
    amounts numeric[], outcomes text[], period_ids bigint[], group_ids bigint[],
    enforced boolean[], limited bigint[]
) RETURNS boolean LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
    least_amount CONSTANT numeric := 0.0001;
BEGIN
    RETURN EXISTS (
        SELECT FROM (
            SELECT period_id, billing_group_id, sum(credits) - least_amount AS more
            FROM unnest(outcomes, enforced, period_ids, group_ids, amounts)
                AS r (outcome, enforced, period_id, billing_group_id, credits)
            WHERE outcome IS NULL AND billing_group_id = ANY (limited)
            GROUP BY period_id, billing_group_id HAVING bool_or(enforced)
        ) r
        JOIN billing_billinggroup g ON g.id = billing_group_id AND g.deleted_at IS NULL
        LEFT JOIN billing_grouptotal total USING (period_id, billing_group_id)
        WHERE is_blocked(
            'ENABLED', true, NULL, NULL, g.period_limit, coalesce(total.credits, 0) + more
        )
    );
END $$;

-- Whether a limit is so near that one of the reports, already counted, might have to be refused.
CREATE FUNCTION limits_may_be_crossed(
    outcomes text[], period_ids bigint[], group_ids bigint[], enforced boolean[],
    limited bigint[]
) RETURNS boolean LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
    least_amount CONSTANT numeric := 0.0001;
BEGIN
    RETURN EXISTS (
        SELECT FROM (
            SELECT DISTINCT period_id, billing_group_id
            FROM unnest(outcomes, enforced, period_ids, group_ids)
                AS r (outcome, enforced, period_id, billing_group_id)
            WHERE outcome IS NULL AND enforced AND billing_group_id = ANY (limited)
        ) r
        JOIN billing_billinggroup g ON g.id = billing_group_id AND g.deleted_at IS NULL
        JOIN billing_grouptotal total USING (period_id, billing_group_id)
        WHERE is_blocked(
            'ENABLED', true, NULL, NULL, g.period_limit, total.credits - least_amount
        )
    );
END $$;

-- Judge each report of a call by what those before it used.
CREATE FUNCTION judge_in_turn(
    event_ids text[], member_ids bigint[], amounts numeric[], times timestamptz[],
    sources text[], operations text[], enforced boolean[], limited boolean,
    INOUT outcomes text[], OUT refusals text[], INOUT record_ids bigint[],
    INOUT period_ids bigint[], INOUT group_ids bigint[]
) LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
    event_ranks integer[];
    member_ranks integer[];
    group_ranks integer[];
    statuses text[];         -- these by member_rank: the member and their Credits in the period
    unlimited boolean[];
    personal_limits numeric[];
    personal_used numeric[];
    group_limits numeric[];  -- these by group_rank: the billing group and its Credits in the period
    group_used numeric[];
    recorded_as integer[];   -- by event_rank: the report of this call that was recorded
    first integer;
    m integer;
    g integer;
    why text[];
BEGIN
    SELECT array_agg(event_rank), array_agg(member_rank), array_agg(group_rank)
    INTO event_ranks, member_ranks, group_ranks
    FROM (
        SELECT dense_rank() OVER (ORDER BY event_id COLLATE "C") AS event_rank,
            dense_rank() OVER (ORDER BY period_id, member_id) AS member_rank,
            dense_rank() OVER (ORDER BY period_id, billing_group_id) AS group_rank
        FROM unnest(event_ids, period_ids, member_ids, group_ids) WITH ORDINALITY
            AS r (event_id, period_id, member_id, billing_group_id, n)
        ORDER BY n
    ) r;

    SELECT array_agg(status), array_agg(is_unlimited), array_agg(personal_limit),
        array_agg(coalesce(used, 0))
    INTO statuses, unlimited, personal_limits, personal_used
    FROM (
        SELECT status, is_unlimited, personal_limit, (
            SELECT sum(credits) FROM billing_usagetotal
            WHERE period_id = r.period_id AND member_id = r.member_id
        ) AS used
        FROM (
            SELECT DISTINCT period_id, member_id, member_rank
            FROM unnest(period_ids, member_ids, member_ranks)
                AS r (period_id, member_id, member_rank)
        ) r
        LEFT JOIN members_member ON id = r.member_id
        ORDER BY member_rank
    ) r;

    SELECT array_agg(period_limit), array_agg(coalesce(credits, 0))
    INTO group_limits, group_used
    FROM (
        SELECT g.period_limit, total.credits
        FROM (
            SELECT DISTINCT period_id, billing_group_id, group_rank
            FROM unnest(period_ids, group_ids, group_ranks)
                AS r (period_id, billing_group_id, group_rank)
        ) r
        LEFT JOIN billing_grouptotal total USING (period_id, billing_group_id)
        LEFT JOIN billing_billinggroup g
            ON g.id = billing_group_id AND g.deleted_at IS NULL AND limited
        ORDER BY group_rank
    ) r;

    refusals := array_fill(NULL::text, ARRAY[cardinality(event_ids)]);
    FOR n IN 1 .. cardinality(event_ids) LOOP
        CONTINUE WHEN outcomes[n] IN ('unknown_member', 'duplicate', 'conflict');
        first := recorded_as[event_ranks[n]];
        IF first IS NOT NULL THEN
            outcomes[n] := CASE
                WHEN member_ids[first] = member_ids[n] AND amounts[first] = amounts[n]
                    AND times[first] = times[n] AND sources[first] = sources[n]
                    AND operations[first] = operations[n]
                THEN 'duplicate' ELSE 'conflict' END;
            record_ids[n] := record_ids[first];
            period_ids[n] := period_ids[first];
            group_ids[n] := group_ids[first];
        END IF;
        CONTINUE WHEN outcomes[n] IS NOT NULL;
        m := member_ranks[n];
        g := group_ranks[n];
        IF enforced[n] THEN
            why := refusal_of(
                amounts[n], statuses[m], unlimited[m], personal_limits[m], personal_used[m],
                group_limits[g], group_used[g]
            );
            IF why <> '{}' THEN
                outcomes[n] := 'refused';
                refusals[n] := array_to_string(why, ',');
                CONTINUE;
            END IF;
        END IF;
        outcomes[n] := 'recorded';
        record_ids[n] := nextval('billing_usagerecord_id_seq');
        recorded_as[event_ranks[n]] := n;
        personal_used[m] := personal_used[m] + amounts[n];
        group_used[g] := group_used[g] + amounts[n];
    END LOOP;
END $$;
