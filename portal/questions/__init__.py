"""What organisers ask of those who register, and what people answered."""
