import pytest

pytest.register_assert_rewrite("tests.metrics.compare")


@pytest.fixture(autouse=True)
def _quick_passwords(settings):
    """The cast has passwords, which no test here needs to be slow to guess."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
