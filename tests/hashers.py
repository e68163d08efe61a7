from django.contrib.auth.hashers import Argon2PasswordHasher


class CheapArgon2PasswordHasher(Argon2PasswordHasher):
    """Argon2 at its least cost. What it hashes, a product with Django's own hasher verifies."""

    time_cost = 1
    memory_cost = 8
    parallelism = 1
