from django.apps import AppConfig


class ReadersConfig(AppConfig):
    name = "newsroom.readers"
    label = "readers"

    def ready(self) -> None:
        from allauth.account.signals import user_logged_in
        from django.db.models.signals import post_save

        from newsroom.readers import leaving, sessions

        post_save.connect(leaving.end_when_closed, sender="readers.Reader", dispatch_uid="end-when-closed")
        user_logged_in.connect(sessions.sweep, dispatch_uid="sweep-sessions")
