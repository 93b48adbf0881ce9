"""Login: tokens, the device flow, the authorization pages."""
