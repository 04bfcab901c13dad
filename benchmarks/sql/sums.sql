SELECT billing_group_id, sum(credits) FROM billing_usagerecord
WHERE period_id = %s GROUP BY billing_group_id
