from django.apps import AppConfig


class StoriesConfig(AppConfig):
    name = "newsroom.stories"
    label = "stories"

    def ready(self) -> None:
        from newsroom.stories import withdrawing  # noqa: F401  (its receivers)
