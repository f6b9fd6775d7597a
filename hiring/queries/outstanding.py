"""What the navigation counts beside "Hiring": the reader's own scorecards whose interview is over. No other figure."""

# Beside a row m of members, at an instant %(now)s; see `accounts.middleware.COUNTS`.
OWN_OUTSTANDING = """
SELECT count(*) FROM hiring_scorecard s JOIN hiring_interview i ON i.id = s.interview_id
 WHERE s.company_id = m.company_id AND s.member_id = m.id AND s.state IN ('assigned', 'draft')
   AND i.state <> 'cancelled' AND i.ends_at <= %(now)s
"""
