-- Why a member may not consume Credits, by what is theirs, by their use and by their billing group's.
CREATE FUNCTION reason_of_status(status text)
RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE status WHEN 'DISABLED' THEN 'member_disabled' WHEN 'DELETED' THEN 'member_removed' END;

CREATE FUNCTION reason_of_use(is_unlimited boolean, personal_limit numeric, personal_used numeric)
RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE
    WHEN is_unlimited THEN NULL
    WHEN personal_limit IS NULL THEN 'personal_limit_not_set'
    WHEN personal_used >= personal_limit THEN 'personal_limit_reached'
END;

CREATE FUNCTION reason_of_group(group_limit numeric, group_used numeric)
RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE WHEN group_used >= group_limit THEN 'billing_group_limit_reached' END;

-- Every reason, in the order in which an admin mends them.
CREATE FUNCTION blocked_reasons(
    status text, is_unlimited boolean, personal_limit numeric, personal_used numeric,
    group_limit numeric, group_used numeric
) RETURNS text[] LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN array_remove(ARRAY[
    reason_of_status(status),
    reason_of_use(is_unlimited, personal_limit, personal_used),
    reason_of_group(group_limit, group_used)
], NULL);

-- Whether there is one: cheaper for thousands, the more as their use, which takes longest to find, is
-- asked for last. As CASE the planner takes neither answer for rare.
CREATE FUNCTION is_blocked(
    status text, is_unlimited boolean, personal_limit numeric, personal_used numeric,
    group_limit numeric, group_used numeric
) RETURNS boolean LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE
    WHEN coalesce(
        reason_of_status(status),
        reason_of_group(group_limit, group_used),
        reason_of_use(is_unlimited, personal_limit, personal_used)
    ) IS NULL THEN false
    ELSE true
END;

-- The same for one report: no limit refuses what consumes nothing.
CREATE FUNCTION refusal_of(
    credits numeric, status text, is_unlimited boolean, personal_limit numeric,
    personal_used numeric, group_limit numeric, group_used numeric
) RETURNS text[] LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE
    WHEN credits = 0 THEN blocked_reasons(status, true, NULL, NULL, NULL, NULL)
    ELSE blocked_reasons(
        status, is_unlimited, personal_limit, personal_used, group_limit, group_used
    )
END;

-- What settles a report before anybody asks for admission; NULL where nothing does.
CREATE FUNCTION settled_as(
    member_id bigint, known_id bigint, is_same boolean, occurred_at timestamptz,
    received_at timestamptz, period_id bigint, ends_at timestamptz, final_at timestamptz
) RETURNS text LANGUAGE sql STABLE PARALLEL SAFE
RETURN CASE
    WHEN member_id IS NULL THEN 'unknown_member'
    WHEN is_same THEN 'duplicate'
    WHEN known_id IS NOT NULL THEN 'conflict'
    WHEN occurred_at > received_at + interval '5 minutes' THEN 'in_the_future'
    WHEN period_id IS NULL THEN 'before_first_period'
    WHEN occurred_at >= ends_at THEN 'no_period'
    WHEN final_at <= received_at THEN 'too_late'
END;

-- Late usage and a change of the late window wait for each other: from here on these periods stay
-- as they were read. Raises 40001 where one changed since: the caller reads the clock anew and
-- calls again.
CREATE FUNCTION hold_late_periods(period_ids bigint[], finals timestamptz[])
RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM FROM billing_period WHERE id = ANY (period_ids) ORDER BY id FOR SHARE;
    IF EXISTS (
        SELECT FROM unnest(period_ids, finals) AS was (id, final_at)
        JOIN billing_period period USING (id) WHERE period.final_at <> was.final_at
    ) THEN
        RAISE EXCEPTION 'the late window changed meanwhile' USING ERRCODE = '40001';
    END IF;
END $$;

-- Where a member was at an instant before their current assignment began.
CREATE FUNCTION past_billing_group(
    of_organization bigint, of_member bigint, at timestamptz
) RETURNS bigint LANGUAGE sql STABLE PARALLEL SAFE
RETURN coalesce(
    (
        SELECT billing_group_id FROM billing_assignment
        WHERE member_id = of_member AND started_at <= at AND at < ended_at
        LIMIT 1
    ),
    (
        SELECT id FROM billing_billinggroup
        WHERE organization_id = of_organization AND is_unassigned
    )
);
