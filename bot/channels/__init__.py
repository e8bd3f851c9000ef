"""One thin room per platform; none knows another, none knows the tables."""
