from django.apps import AppConfig


class CommentsConfig(AppConfig):
    name = "newsroom.comments"
    label = "comments"

    def ready(self) -> None:
        from newsroom.comments.leaving import make_nobodys
        from newsroom.readers.leaving import leaving

        leaving.connect(make_nobodys, dispatch_uid="comments-of-who-leaves")
