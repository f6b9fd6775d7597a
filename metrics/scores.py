"""What a score means, wherever it is counted, shown or told: the one place that says from where on it is good."""

# Of CSAT, 1 to 5: from here on satisfied, up to here somebody should call.
SATISFIED, DISSATISFIED = 4, 2
# Of NPS, 0 to 10: from here on a promoter, up to here a detractor.
PROMOTER, DETRACTOR = 9, 6
# Of CES, 1 to 7: from here on it was easy.
EASY = 5
