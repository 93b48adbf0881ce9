"""What users do with lists next: files, and private addresses that other programs read."""
