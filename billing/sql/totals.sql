-- A total is changed by each report: room on its page for the next version spares its indexes.
ALTER TABLE billing_usagetotal SET (fillfactor = 70);
ALTER TABLE billing_grouptotal SET (fillfactor = 50);

-- Nearly every member has one total in a period: this does nothing to a single value, where sum() has
-- a state to make and to finish for each member.
CREATE AGGREGATE sum_of_few(numeric) (sfunc = numeric_add, stype = numeric, parallel = safe);

CREATE VIEW billing_membertotal AS
SELECT period_id, member_id, sum_of_few(credits) AS credits
FROM billing_usagetotal
GROUP BY period_id, member_id;
