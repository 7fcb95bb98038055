"""What is over is deleted: when, of how many, with proof; and copies that were taken out."""
