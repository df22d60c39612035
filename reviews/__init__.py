"""What is written: titles, reviews of them, votes, and what stands beside them."""
