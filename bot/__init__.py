"""Everything a person touches: channels, wording, the sender and the command line."""
