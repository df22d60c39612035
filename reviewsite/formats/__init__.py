"""How the site writes dates where it differs from Django's choice for a language."""
