"""What files say, and which titles they mean. Pure: bytes in, values out."""
