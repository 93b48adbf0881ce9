"""The demo's play of the main job."""
