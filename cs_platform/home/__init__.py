"""Pages that join all areas: my day, team and company."""
