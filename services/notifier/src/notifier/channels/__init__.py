"""Where a user's messages go besides the API and the stream: addresses of Apprise, signed webhooks."""
