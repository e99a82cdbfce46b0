"""What every page to look at is made of: its look, its charts, and how records are put into it."""
