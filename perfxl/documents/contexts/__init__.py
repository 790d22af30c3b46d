"""What each kind of paper says: a program in, plain texts and lists for the template out."""
