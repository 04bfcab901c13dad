-- A total is changed by each report: room on its page for the next version spares its indexes.
ALTER TABLE billing_usagetotal SET (fillfactor = 70);
ALTER TABLE billing_grouptotal SET (fillfactor = 50);
