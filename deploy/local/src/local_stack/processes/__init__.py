"""Child processes: started, watched, asked for their health, ended."""
