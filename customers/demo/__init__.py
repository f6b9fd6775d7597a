"""The demo: two companies from real records, brought in by the importer that everybody uses.

`seeding` runs it, `marks` remembers how far it came, `records` moves the real records in time, `desk`, `forum`
and `telco` arrange them, `made_up` and `voices` add what no record holds, from a fixed seed and labelled.
"""
