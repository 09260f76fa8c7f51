"""What phone apps speak: the Google Reader API, and Fever where it is allowed."""
