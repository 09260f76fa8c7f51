from django.apps import AppConfig


class PublishersConfig(AppConfig):
    name = "newsroom.publishers"
    label = "publishers"
