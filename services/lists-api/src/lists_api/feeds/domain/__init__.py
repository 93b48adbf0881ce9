"""How a list is written for other programs. Pure: values in, text out."""
