"""What a user thinks of titles: thumbs, and what they have watched."""
