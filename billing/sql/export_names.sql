-- The billing groups of an export, each with its name in the file: scope is a period of an organization,
-- or one billing group of it.
WITH shown AS (
    SELECT g.id, g.name, g.is_unassigned,
        to_char(g.deleted_at AT TIME ZONE %(time_zone)s, 'YYYY-MM-DD') AS deleted_on
    FROM billing_grouptotal total
    JOIN billing_billinggroup g ON g.id = total.billing_group_id
    WHERE total.period_id = %(period)s AND total.organization_id = %(organization)s
        AND total.credits <> 0
        AND (%(billing_group)s::bigint IS NULL OR g.id = %(billing_group)s::bigint)
), dated AS (
    SELECT *, CASE
        WHEN deleted_on IS NOT NULL AND count(*) OVER (PARTITION BY lower(name)) > 1
        THEN name || ' (deleted ' || deleted_on || ')' ELSE name
    END AS label
    FROM shown
), named AS (
    SELECT id, CASE
        WHEN deleted_on IS NOT NULL AND count(*) OVER (PARTITION BY lower(label)) > 1
        THEN name || ' (deleted ' || deleted_on || ', ' || id || ')' ELSE label
    END AS label,
    row_number() OVER (ORDER BY is_unassigned DESC, lower(name) COLLATE "C", id) AS place
    FROM dated
), listed AS MATERIALIZED (
    SELECT id, place, harmless_cell(label) AS billing_group FROM named
)
