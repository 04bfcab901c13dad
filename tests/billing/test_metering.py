from tests.factories import limit, report


def test_the_report_that_crosses_the_limit_counts_and_the_next_is_refused(member):
    limit(member, 100)
    assert report(member, credits=150).outcome == "recorded"
    assert report(member, credits=1).reasons == ["personal_limit_reached"]
